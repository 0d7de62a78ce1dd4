import { broken } from './broken.ts'

/** The text of a file. Order of trust: a byte order mark, the declared encoding, UTF-8 where the bytes are that, else windows-1252. Throws for bytes that are no text. */
export function decodeText(id: string, bytes: Uint8Array, charset?: string): string {
  const text = decoded(bytes, charset)
  if (isBinary(text))
    throw broken(id, 'is no text: it holds control characters. Name its format with mediaType, or leave it out.')
  return text
}

function decoded(bytes: Uint8Array, charset: string | undefined): string {
  const marked = byMark(bytes) ?? withoutMark(bytes)
  if (marked) return new TextDecoder(marked).decode(bytes)
  const declared = charset && decoder(charset)
  if (declared) return decodedBy(declared, bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return decodedBy(new TextDecoder('windows-1252'), bytes)
  }
}

/** Characters of windows-1252 from 0x80 on. Node 20 leaves them as control characters (https://github.com/nodejs/node/issues/56542). */
const c1 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'

function decodedBy(decoder: TextDecoder, bytes: Uint8Array): string {
  const text = decoder.decode(bytes)
  if (decoder.encoding !== 'windows-1252') return text
  return text.replace(/[\u0080-\u009f]/g, (control) => c1[control.charCodeAt(0) - 0x80] ?? control)
}

function decoder(charset: string): TextDecoder | undefined {
  try {
    return new TextDecoder(charset)
  } catch {
    return undefined
  }
}

const byMark = (bytes: Uint8Array): string | undefined => {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8'
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : undefined
}

/** UTF-16 without a mark shows as zeros in every second byte of what is mostly ASCII. */
function withoutMark(bytes: Uint8Array): string | undefined {
  const head = bytes.subarray(0, 1_000)
  const zeros: [number, number] = [0, 0]
  head.forEach((byte, at) => {
    if (byte === 0) zeros[at % 2 === 0 ? 0 : 1]++
  })
  if (head.length < 4 || bytes.length % 2 === 1) return undefined
  if (zeros[0] === 0 && zeros[1] > head.length * 0.4) return 'utf-16le'
  return zeros[1] === 0 && zeros[0] > head.length * 0.4 ? 'utf-16be' : undefined
}

/** A zero is enough; of other control characters and replacements some may stand in a text. */
function isBinary(text: string): boolean {
  if (text.includes('\0')) return true
  const head = text.slice(0, 10_000)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what tells binary data from text
  const odd = head.match(/[\u0001-\u0008\u000e-\u001a\u001c-\u001f\u007f-\u009f\ufffd]/g)?.length ?? 0
  return odd > 2 && odd > head.length * 0.02
}
