import { AnyModelError } from '@anymodel/core'

/** How the text of a file is written down. A byte order mark is part of the text: its first character. */
type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be'

export interface CodedText {
  readonly text: string
  readonly encoding: Encoding
}

/** The text of a file: UTF-8, or UTF-16 where a byte order mark says so. Throws `invalid-argument` for anything else, since it could not be written back as it was. */
export function decodeText(bytes: Uint8Array, path: string): CodedText {
  const encoding: Encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8'
  try {
    const text = new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes)
    if (!text.includes('\0') && Buffer.from(encodeText(text, encoding)).equals(bytes)) return { text, encoding }
  } catch {
    // Said below.
  }
  throw new AnyModelError('invalid-argument', `${path} is not a text in UTF-8 or in UTF-16 with a byte order mark.`)
}

export function encodeText(text: string, encoding: Encoding): Uint8Array {
  if (encoding === 'utf-8') return Buffer.from(text, 'utf8')
  const bytes = Buffer.from(text, 'utf16le')
  return encoding === 'utf-16be' ? bytes.swap16() : bytes
}
