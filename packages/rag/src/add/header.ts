import type { ChunkHeader } from './prepare.ts'

/** Title and headings, one behind the other: `Manual > Installation > Linux`. What the chunk begins with is not said twice. */
export const titleAndHeadings: ChunkHeader = ({ title }, { headings, text }) => {
  const path = [title, ...headings].filter((each, at, all) => each !== undefined && each !== all[at - 1])
  const words = path.join(' > ')
  return words === '' || text.startsWith(words) ? undefined : words
}
