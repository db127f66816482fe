"""Makes a CLIP tokenizer with words of its own, in the two files of older models, and counts texts with transformers.

usage: clip_tokens.py FOLDER < texts.json > counts.json
"""

import json
import os
import sys


def train(folder, texts):
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE(end_of_word_suffix="</w>", continuing_subword_prefix=""))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(r"\p{L}+|\p{N}|[^\s\p{L}\p{N}]+"), "removed", invert=True),
            pre_tokenizers.ByteLevel(False),
        ]
    )
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=3000, end_of_word_suffix="</w>", initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    # CLIP's vocabulary begins with every byte, then every byte at the end of a word.
    symbols = sorted(alphabet)
    tokens = [*symbols, *(symbol + "</w>" for symbol in symbols)]
    tokens += [token for token in model["vocab"] if token not in set(tokens)]
    tokens += ["<|startoftext|>", "<|endoftext|>"]
    write(folder, "vocab.json", json.dumps({token: number for number, token in enumerate(tokens)}))
    merges = [pair if isinstance(pair, str) else " ".join(pair) for pair in model["merges"]]
    write(folder, "merges.txt", "\n".join(["#version: 0.2", *merges, ""]))
    write(
        folder,
        "tokenizer_config.json",
        json.dumps({"tokenizer_class": "CLIPTokenizer", "model_max_length": 77}),
    )


def write(folder, name, text):
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        file.write(text)


def main(folder):
    from transformers import CLIPTokenizer

    texts = json.load(sys.stdin)
    train(folder, texts)
    tokenizer = CLIPTokenizer.from_pretrained(folder)
    counts = [len(tokenizer(text)["input_ids"]) for text in texts]
    with open(os.path.join(folder, "vocab.json"), encoding="utf-8") as file:
        pieces = len(json.load(file))
    print(json.dumps({"counts": counts, "pieces": pieces, "limit": tokenizer.model_max_length}))


if __name__ == "__main__":
    main(sys.argv[1])
