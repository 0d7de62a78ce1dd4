/** Turns the bytes of one token after the other into text. */
export interface Detokenizer {
  /** The text that these bytes complete; often none, when a character is spread over tokens. */
  push(bytes: Uint8Array): string
}

/**
 * The texts it gives make up the decoded whole. Bytes of an unfinished character wait for the rest and are dropped when none comes; only bytes that can never become a
 * character give U+FFFD, as in a decoder that sees everything at once.
 */
export function detokenizer(dropsLeadingSpace: boolean): Detokenizer {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  let atStart = dropsLeadingSpace
  return {
    push(bytes) {
      if (bytes.length === 0) return ''
      const text = decoder.decode(bytes, { stream: true })
      if (!atStart || text === '') return text
      atStart = false
      return text.startsWith(' ') ? text.slice(1) : text
    },
  }
}
