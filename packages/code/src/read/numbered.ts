import { splitLines } from '../edit/lines.ts'
import { fenced } from '../files-as-text.ts'

/** Code with its lines numbered from 1, in a fence, and how many there are. */
export function numbered(code: string): { readonly text: string; readonly count: number } {
  const lines = splitLines(code)
  return { text: fenced(lines.map(({ text }, index) => `${index + 1}\t${text}`).join('\n')), count: lines.length }
}
