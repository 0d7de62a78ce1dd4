import type { Tokenizer } from '@huggingface/tokenizers'
import { broken } from '../folder.ts'

/** What the tokens of a vocabulary stand for. */
export interface TokenBytes {
  /** The bytes of a token's text; none for special tokens and for ids outside of the vocabulary. */
  of(token: number): Uint8Array
  /** The same with the text of special tokens. */
  shown(token: number): Uint8Array
  /** True when a whole text loses one space at its start. */
  readonly dropsLeadingSpace: boolean
}

interface DecoderStep {
  readonly type: string
  readonly decoders?: readonly DecoderStep[]
  readonly pattern?: { readonly String?: string; readonly Regex?: string }
  readonly content?: string
  readonly start?: number
  readonly replacement?: string
  readonly prepend_scheme?: string
  readonly add_prefix_space?: boolean
}

/** A piece of a token on its way through the decoder: text, or bytes that are settled. */
type Turn = (text: string) => string | Uint8Array

const none = new Uint8Array(0)
const encoder = new TextEncoder()

/**
 * Reads the decoder of a `tokenizer.json` as a function from one token to its bytes, so that text can be put together byte by byte: a character that is spread over
 * tokens is whole once its last byte came. Throws `config` for decoders whose tokens have no bytes of their own.
 */
export function tokenBytes(tokenizer: Tokenizer, json: { readonly decoder?: DecoderStep | null }): TokenBytes {
  const steps = json.decoder ? flat(json.decoder) : []
  const turns = steps.map(toTurn).filter((turn) => turn !== undefined)
  const added = tokenizer.get_added_tokens_decoder()
  const cache: (Uint8Array | undefined)[] = []
  const toBytes = (token: number): Uint8Array => {
    const text = tokenizer.id_to_token(token)
    if (text === undefined) return none
    if (added.has(token)) return encoder.encode(text)
    let piece: string | Uint8Array = text
    for (const turn of turns) if (typeof piece === 'string') piece = turn(piece)
    return typeof piece === 'string' ? encoder.encode(piece) : piece
  }
  const shown = (token: number): Uint8Array => (cache[token] ??= toBytes(token))
  return {
    shown,
    of: (token) => (added.get(token)?.special ? none : shown(token)),
    dropsLeadingSpace: steps.some(dropsSpace),
  }
}

const flat = (step: DecoderStep): DecoderStep[] =>
  step.type === 'Sequence' ? (step.decoders ?? []).flatMap(flat) : [step]

const dropsSpace = ({ type, content, start, prepend_scheme, add_prefix_space }: DecoderStep): boolean =>
  (type === 'Strip' && content === ' ' && (start ?? 0) > 0) ||
  (type === 'Metaspace' && prepend_scheme !== 'never' && add_prefix_space !== false)

/** What a step does to one token; `undefined` for steps that work on the whole text (`dropsLeadingSpace` covers them). */
function toTurn({ type, pattern, content = '', replacement = '▁' }: DecoderStep): Turn | undefined {
  switch (type) {
    case 'ByteLevel':
      return fromByteLevel
    case 'ByteFallback':
      return (text) => (/^<0x[0-9A-Fa-f]{2}>$/.test(text) ? Uint8Array.of(Number.parseInt(text.slice(3, 5), 16)) : text)
    case 'Replace': {
      const from = pattern?.String ?? new RegExp(pattern?.Regex ?? '$^', 'gu')
      return (text) => text.replaceAll(from, () => content)
    }
    case 'Metaspace':
      return (text) => text.replaceAll(replacement, ' ')
    case 'Fuse':
    case 'Strip':
      return undefined
    default:
      throw broken(`tokenizer.json has a ${type} decoder, which text models of this engine can't have.`)
  }
}

/** Byte-level BPE writes every byte as one printable character: itself where it is printable, else one from U+0100 on, in order. */
const byteOf = new Map<string, number>()
for (let byte = 0, next = 256; byte < 256; byte++) {
  const printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174
  byteOf.set(String.fromCharCode(printable ? byte : next++), byte)
}

function fromByteLevel(text: string): Uint8Array {
  const bytes: number[] = []
  for (const character of text) {
    const byte = byteOf.get(character)
    if (byte === undefined) bytes.push(...encoder.encode(character))
    else bytes.push(byte)
  }
  return Uint8Array.from(bytes)
}
