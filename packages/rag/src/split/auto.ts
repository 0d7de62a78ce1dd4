import type { Splitter } from '../contract.ts'
import { codeSplitter } from './code.ts'
import { headingSplitter } from './headings.ts'
import type { SplitOptions } from './options.ts'
import { recursiveSplitter } from './recursive.ts'

/** Cuts each document the way that suits it: source code by `codeSplitter`, documents with headings by `headingSplitter`, others by `recursiveSplitter`. */
export function autoSplitter(options: SplitOptions = {}): Splitter {
  const [code, headings, text] = [codeSplitter(options), headingSplitter(options), recursiveSplitter(options)]
  return (document) => {
    if (document.metadata?.programmingLanguage !== undefined) return code(document)
    return document.headings?.length ? headings(document) : text(document)
  }
}
