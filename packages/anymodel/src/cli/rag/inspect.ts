import { AnyModelError } from '@anymodel/core'
import type { Hit, StoredChunk } from '@anymodel/rag'
import { write } from '../output.ts'
import { table } from '../table.ts'
import { type DocumentOptions, type Opened, searchOf, withDocuments } from './with-documents.ts'

export interface InspectOptions extends DocumentOptions {
  readonly document?: string
}

/** `anymodel rag inspect`: the documents, the chunks of one, or what a query finds and why. */
export const inspect = (query: string, options: InspectOptions): Promise<void> =>
  withDocuments(options, async (opened) => {
    if (query !== '') return printHits(query, options, opened)
    if (options.document !== undefined) return printChunks(options.document, options, opened)
    return printDocuments(options, opened)
  })

const lines = (values: readonly unknown[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join('')

async function printDocuments({ json }: InspectOptions, { kb }: Opened): Promise<void> {
  const rows: string[][] = []
  for await (const document of kb.documents()) {
    if (json) await write(lines([document]))
    else rows.push([document.id, `${document.chunks} chunks`, document.added.slice(0, 10), document.title ?? ''])
  }
  if (json) return
  const { documents, chunks, bytes } = await kb.stats()
  const size = bytes === undefined ? '' : `, ${(bytes / 1e6).toFixed(1)} MB`
  await write(`${table(rows)}\n${documents} documents, ${chunks} chunks${size}\n`)
}

async function printChunks(id: string, { json }: InspectOptions, { kb }: Opened): Promise<void> {
  const chunks = await kb.chunks(id)
  if (chunks.length === 0)
    throw new AnyModelError('not-found', `There is no document "${id}": anymodel rag inspect lists them.`)
  await write(json ? lines(chunks) : chunks.map((chunk) => `${nameOf(chunk)}\n${indented(chunk.text)}\n`).join('\n'))
}

async function printHits(query: string, options: InspectOptions, { kb, signal }: Opened): Promise<void> {
  const hits = await kb.search(query, { ...searchOf(options), signal })
  await write(options.json ? lines(hits) : hits.length === 0 ? 'Nothing was found.\n' : hits.map(found).join('\n'))
}

const names = { text: 'words', vector: 'meaning' } as const

/** A chunk, and where it stood in the lists that were fused. */
const found = ({ chunk, score, places }: Hit, at: number): string => {
  const why = places.map(({ by, rank, score: own }) => `by ${names[by]} number ${rank} (${own.toFixed(3)})`).join(', ')
  return `${at + 1}. ${nameOf(chunk)}  score ${score.toFixed(5)}: ${why}\n${indented(chunk.text)}\n`
}

const nameOf = ({ documentId, index, start, end, page, header }: StoredChunk): string =>
  [`${documentId}#${index}`, `${start}-${end}`, page === undefined ? '' : `page ${page}`, header ?? '']
    .filter(Boolean)
    .join('  ')

const indented = (text: string): string => text.replace(/^/gm, '   ')
