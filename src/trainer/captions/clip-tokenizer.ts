/** Counts tokens as the text encoder of a Stable Diffusion model does. */
import * as library from '@huggingface/tokenizers'

interface Reader {
  encode(text: string): { readonly ids: readonly number[] }
}
/** The library's own types name files without their endings, which Node's rules don't find. */
const { Tokenizer } = library as unknown as { Tokenizer: new (model: object, settings: object) => Reader }

/** What of a folder `tokenizer/` counts: the texts of its files, null for those that are not there. */
export interface TokenizerFiles {
  readonly tokenizer: string | null
  readonly vocab: string | null
  readonly merges: string | null
  /** tokenizer_config.json */
  readonly config: string | null
}

export interface TokenCounter {
  /** Tokens, its start and end among them. */
  count(text: string): number
  /** As many as the text encoder takes. */
  readonly limit: number
}

/** Of CLIP, where the folder does not say. */
export const TOKEN_LIMIT = 77

/** Null where the files are none of a tokenizer. */
export function createTokenCounter({
  tokenizer,
  vocab,
  merges,
  config,
}: TokenizerFiles): TokenCounter | null {
  try {
    const settings = config === null ? {} : (JSON.parse(config) as Record<string, unknown>)
    const model =
      vocab !== null && merges !== null ? planClipTokenizer(vocab, merges) : parseDocument(tokenizer)
    if (model === null) return null
    const { model_max_length: limit } = settings
    const reader = new Tokenizer(model, settings)
    return {
      count: (text) => reader.encode(text).ids.length,
      limit: typeof limit === 'number' && limit > 2 && limit < 1e6 ? limit : TOKEN_LIMIT,
    }
  } catch {
    return null
  }
}

function parseDocument(tokenizer: string | null): object | null {
  return tokenizer === null ? null : (JSON.parse(tokenizer) as object)
}

const START = '<|startoftext|>'
const END = '<|endoftext|>'
/** Words, single digits, runs of anything else; and English endings apart. */
const WORDS = String.raw`<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+`

/** The document that `tokenizer.json` would be, of the two files that older models have instead. */
function planClipTokenizer(vocabText: string, mergesText: string): object {
  const vocab = JSON.parse(vocabText) as Record<string, number>
  const merges = mergesText
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#version'))
    .map((line) => line.trim().split(' '))
  const special = (content: string) => ({
    id: vocab[content],
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  })
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [special(START), special(END)],
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'NFC' },
        { type: 'Replace', pattern: { Regex: String.raw`\s+` }, content: ' ' },
        { type: 'Lowercase' },
      ],
    },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: WORDS }, behavior: 'Removed', invert: true },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
      ],
    },
    post_processor: {
      type: 'RobertaProcessing',
      sep: [END, vocab[END]],
      cls: [START, vocab[START]],
      trim_offsets: false,
      add_prefix_space: false,
    },
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: END,
      continuing_subword_prefix: '',
      end_of_word_suffix: '</w>',
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab,
      merges,
    },
  }
}
