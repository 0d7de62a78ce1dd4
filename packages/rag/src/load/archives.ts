import { AnyModelError } from '@anymodel/core'
import type { Document } from '../contract.ts'
import { broken } from './broken.ts'
import { readInThread, type ThreadError } from './file-thread.ts'
import type { Loader, LoadOptions, Source } from './loader.ts'

/** A file of one of the formats that are archives, on its way into the thread that reads it. */
export interface ArchiveTask {
  readonly format: 'docx' | 'xlsx' | 'pptx' | 'epub'
  readonly source: Omit<Source, 'bytes'>
  readonly options: Pick<LoadOptions, 'maxText' | 'records'>
  readonly bytes: Uint8Array
}

/** Reads a file in a thread, which a hostile one can keep busy without keeping anybody else. */
const inThread =
  (format: ArchiveTask['format']): Loader =>
  ({ bytes, ...source }, { maxText, records, maxTime, signal }) => {
    const options = { ...(maxText === undefined ? {} : { maxText }), ...(records === undefined ? {} : { records }) }
    const message: Omit<ArchiveTask, 'bytes'> = { format, source, options }
    const failure = (error: ThreadError) => failed(source.id, error)
    return readInThread<never, readonly Document[]>(
      { program, id: source.id, message, bytes, failure },
      { ...(maxTime === undefined ? {} : { maxTime }), ...(signal ? { signal } : {}) },
    )
  }

/** From the build it is a file of its own. */
const program = import.meta.url.endsWith('.ts') ? 'src/load/archive-reader.ts' : 'dist/load/archive-reader.js'

/** Errors of ours say it already; others are of a thread that broke. */
const failed = (id: string, { code, message }: ThreadError): Error =>
  code === 'invalid-argument'
    ? new AnyModelError(code, message)
    : broken(
        id,
        `can't be read: ${message.slice(0, 200)}. Open it in its own program and save it again, or leave it out.`,
      )

/** A Word document: text, headings, lists, tables and notes, without pictures. Hidden text and deleted passages are not taken. */
export const loadDocx: Loader = inThread('docx')

/** An Excel workbook: its sheets are pages, every row a line with the names of its columns. Formulas count as their last values; dates as ISO 8601. */
export const loadXlsx: Loader = inThread('xlsx')

/** A PowerPoint presentation: its slides are pages in their order, their titles headings; tables and speaker notes are taken, hidden slides are not. */
export const loadPptx: Loader = inThread('pptx')

/** An e-book (EPUB): its chapters in the order of reading are pages, labelled by their first headings. Throws for books with copy protection. */
export const loadEpub: Loader = inThread('epub')
