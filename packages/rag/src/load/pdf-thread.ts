import { broken } from './broken.ts'
import { readInThread, type ThreadError } from './file-thread.ts'
import type { LoadOptions } from './loader.ts'
import type { PageItem } from './pdf-page.ts'

/** What a PDF tells besides the text of its pages. */
export interface PdfFacts {
  readonly labels: readonly string[] | null
  readonly info: Readonly<Record<string, string>>
  /** `page` counts from 0; -1 where it is not known. */
  readonly outline: readonly { readonly title: string; readonly level: number; readonly page: number }[]
}

/** Reads a PDF in a thread; `onPage` gets the runs of each page in order. A file that takes too long, or too much memory, is an error, and its thread is ended. */
export function readPdf(
  id: string,
  bytes: Uint8Array,
  onPage: (items: readonly PageItem[]) => void,
  options: Pick<LoadOptions, 'maxTime' | 'signal'>,
): Promise<PdfFacts> {
  const failure = (error: ThreadError) => unreadable(id, error)
  return readInThread(
    { program: 'src/load/inside/read-pdf.mjs', id, message: {}, bytes, onPart: onPage, failure },
    options,
  )
}

function unreadable(id: string, { name, message }: ThreadError): Error {
  if (name === 'PasswordException') return broken(id, 'is locked by a password: save it without one.')
  return broken(
    id,
    `is no PDF that can be read (${message.slice(0, 150)}): open it in a PDF program and save it again.`,
  )
}
