"""The vocabulary of the shipped base model: CLIP's byte-level BPE, in which each word of the captions is one token."""

from dataclasses import dataclass
from itertools import pairwise

from base_parts import TEXT_LENGTH

START, END = "<|startoftext|>", "<|endoftext|>"


@dataclass(frozen=True)
class Vocabulary:
    """Of CLIP's byte-level BPE: ids by token, and the merges in order."""

    ids: dict[str, int]
    merges: list[tuple[str, str]]


def learn_vocabulary(captions: list[str]) -> Vocabulary:
    """Merges the commonest pairs of tokens until every word of the captions is one token. Other words stay letters."""
    from make_tiny_pipeline import byte_symbols

    words = {word: [*word[:-1], word[-1] + "</w>"] for word in sorted(set(words_of(captions)))}
    merges: list[tuple[str, str]] = []
    while any(len(parts) > 1 for parts in words.values()):
        counts: dict[tuple[str, str], int] = {}
        for parts in words.values():
            for pair in pairwise(parts):
                counts[pair] = counts.get(pair, 0) + 1
        best = max(sorted(counts), key=lambda pair: counts[pair])
        merges.append(best)
        words = {word: merge(parts, best) for word, parts in words.items()}
    symbols = byte_symbols()
    tokens = [*symbols, *(symbol + "</w>" for symbol in symbols), *(a + b for a, b in merges), START, END]
    return Vocabulary({token: number for number, token in enumerate(tokens)}, merges)


def words_of(captions: list[str]) -> list[str]:
    """CLIP's tokenizer also parts words from punctuation."""
    return [word for caption in captions for word in caption.replace(",", " , ").split()]


def merge(parts: list[str], pair: tuple[str, str]) -> list[str]:
    merged: list[str] = []
    for part in parts:
        if merged and (merged[-1], part) == pair:
            merged[-1] += part
        else:
            merged.append(part)
    return merged


def tokenize(caption: str, vocabulary: Vocabulary) -> list[int]:
    """Ids of the caption as CLIPTokenizer gives them, for captions of known words only."""
    ids = vocabulary.ids
    tokens = [ids[START], *(ids[word + "</w>"] for word in words_of([caption])), ids[END]]
    return tokens + [ids[END]] * (TEXT_LENGTH - len(tokens))
