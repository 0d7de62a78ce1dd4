import type { CodePrompt } from '../contract/code.ts'

/** A prompt as one text, for services that take no tokens. They turn every marker that they find into a token, so those in the user's texts get a space after their first character. */
export function promptText({ pieces, markers }: CodePrompt): string {
  const safe = (text: string) =>
    markers.reduce((left, name) => left.split(name).join(`${name.slice(0, 1)} ${name.slice(1)}`), text)
  return pieces.map((piece) => (piece.type === 'marker' ? piece.marker : safe(piece.text))).join('')
}
