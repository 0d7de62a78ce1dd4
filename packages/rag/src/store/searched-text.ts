import type { StoredChunk } from '../contract.ts'

/** What search by words reads of a chunk: its header and its text. Nothing of a parent, which is only given in place of its children. */
export const searchedText = ({ header, text, isParent }: StoredChunk): string =>
  isParent ? '' : header ? `${header}\n${text}` : text
