import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Tokenizer } from '@huggingface/tokenizers'
import { broken, readJson } from '../folder.ts'
import { type TokenizerConfig, tokenText } from '../model-folder.ts'

/** A prompt as CLIP reads it: always the same number of tokens. */
export interface ClipTokens {
  readonly ids: readonly number[]
  /** Tokens before the padding. */
  readonly count: number
  /** True when the end was left out, since the model reads no more. */
  readonly cut: boolean
}

export interface ClipTokenizer {
  /** Tokens that it reads, those around the prompt included. */
  readonly length: number
  encode(text: string): ClipTokens
}

/** Opens a tokenizer's folder: `tokenizer.json`, or `vocab.json` and `merges.txt`. Throws `config` for one that can't be used. */
export function openClipTokenizer(folder: string): ClipTokenizer {
  const config = readJson(folder, 'tokenizer_config.json', {}) as TokenizerConfig
  const marks = readJson(folder, 'special_tokens_map.json', {}) as TokenizerConfig
  const mark = (name: 'bos_token' | 'eos_token' | 'pad_token', usual: string): string =>
    tokenText(config[name]) ?? tokenText(marks[name]) ?? usual
  const begin = mark('bos_token', '<|startoftext|>')
  const end = mark('eos_token', '<|endoftext|>')
  const tokenizer = open(folder, { begin, end })
  const idOf = (token: string): number => tokenizer.token_to_id(token) ?? fail(folder, `it has no token ${token}`)
  const ids = { begin: idOf(begin), end: idOf(end), padding: idOf(mark('pad_token', end)) }
  const length = config.model_max_length ?? 77
  if (!(Number.isInteger(length) && length > 2 && length <= 4_096)) fail(folder, `it reads ${length} tokens`)
  return {
    length,
    encode(text) {
      // No token stands for more characters than this on average, so the rest need not be looked at.
      const head = text.slice(0, length * 64)
      const found = tokenizer.encode(head, { add_special_tokens: false }).ids
      const kept = found.slice(0, length - 2)
      const padding = new Array<number>(length - 2 - kept.length).fill(ids.padding)
      return {
        ids: [ids.begin, ...kept, ids.end, ...padding],
        count: kept.length + 2,
        cut: kept.length < found.length || head.length < text.length,
      }
    },
  }
}

function open(folder: string, marks: Marks): Tokenizer {
  const json = existsSync(join(folder, 'tokenizer.json'))
    ? readJson(folder, 'tokenizer.json')
    : fromFiles(folder, marks)
  try {
    return new Tokenizer(json, {})
  } catch (error) {
    return fail(folder, (error as Error).message, error)
  }
}

function fail(folder: string, why: string, cause?: unknown): never {
  throw broken(`The tokenizer in ${folder} can't be used: ${why}. Download it again.`, cause)
}

interface Marks {
  readonly begin: string
  readonly end: string
}

/** The tokenizer of CLIP, from the files that older folders have. */
function fromFiles(folder: string, { begin, end }: Marks): object {
  const vocab = readJson(folder, 'vocab.json') as Record<string, number>
  const added = [begin, end].map((content) => ({
    id: vocab[content] ?? fail(folder, `its vocabulary has no ${content}`),
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  }))
  return {
    version: '1.0',
    added_tokens: added,
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'NFC' },
        { type: 'Replace', pattern: { Regex: '\\s+' }, content: ' ' },
        { type: 'Lowercase' },
      ],
    },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: words }, behavior: 'Removed', invert: true },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
      ],
    },
    post_processor: null,
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      unk_token: end,
      continuing_subword_prefix: '',
      end_of_word_suffix: '</w>',
      vocab,
      merges: readMerges(folder),
    },
  }
}

/** What CLIP takes for a word: runs of letters, single digits, runs of signs, English endings. */
const words = "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+"

/** One pair a line, under a line with the version. */
function readMerges(folder: string): string[][] {
  try {
    const lines = readFileSync(join(folder, 'merges.txt'), 'utf8').split(/\r?\n/)
    return lines.filter((line) => line !== '' && !line.startsWith('#version')).map((line) => line.split(' '))
  } catch (error) {
    return fail(folder, `merges.txt can't be read (${(error as NodeJS.ErrnoException).code})`, error)
  }
}
