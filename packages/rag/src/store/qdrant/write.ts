import { randomUUID } from 'node:crypto'
import type { Embedded, StoredChunk, StoredDocument } from '../../contract.ts'
import { checkEmbedded, checkOwner } from '../check.ts'
import { fromStorable, toStorable } from '../storable.ts'
import type { Words } from '../words.ts'
import type { Collection } from './collection.ts'
import { current } from './current.ts'
import { matches, matchesAny } from './filter.ts'
import { aboutPoint, documentPoint, type Point, toChunkPoint, toDocumentPoint } from './points.ts'
import { all, embeddedIn } from './read.ts'

interface Put {
  readonly document: StoredDocument
  readonly chunks: readonly StoredChunk[]
  readonly vectors: readonly (Float32Array | undefined)[]
  readonly embedded: Embedded | undefined
}

/** What a writer left that died before it was done is taken away after so many milliseconds. */
const abandoned = 600_000

/** The new chunks first, then the document's point, which makes them valid, then the old ones go. */
export async function writeDocument(to: Collection, put: Put, name: string, words: Words): Promise<void> {
  const { document, chunks, vectors, embedded } = put
  const held = await embeddedIn(to)
  checkEmbedded(name, held, embedded)
  const dimensions = vectors.some(Boolean) ? (embedded?.dimensions ?? 0) : 0
  const there = await to.dimensions()
  if (there === undefined || (dimensions > 0 && there !== dimensions)) await to.make(dimensions)
  await checkIds(to, document.id, chunks)
  const [writing, at] = [randomUUID(), Date.now()]
  const points = chunks.map((chunk, i) => toChunkPoint(chunk, vectors[i], writing, at, words))
  await to.index([
    ...new Set(points.flatMap(({ payload }) => Object.keys(payload).filter((key) => key.startsWith('f_')))),
  ])
  const [old] = await to.get([documentPoint(document.id)])
  await to.upsert(dimensions > 0 && embedded && !held ? [aboutOf(embedded), ...points] : points)
  await to.upsert([toDocumentPoint(document, writing, at)])
  const own = [matches('kind', 'chunk'), matches('document', toStorable(document.id))]
  if (old) await to.delete({ must: [...own, matches('put', old.payload.put)] })
  await to.delete({ must: [...own, { key: 'at', range: { lt: at - abandoned } }], must_not: [matches('put', writing)] })
}

const aboutOf = ({ model, dimensions }: Embedded): Point => ({
  id: aboutPoint,
  vector: {},
  payload: { kind: 'about', document: '', put: '', at: 0, row: toStorable(JSON.stringify({ model, dimensions })) },
})

async function checkIds(to: Collection, documentId: string, chunks: readonly StoredChunk[]): Promise<void> {
  const ids = chunks.map(({ id }) => toStorable(id))
  const foreign = { must: [matchesAny('id', ids)], must_not: [matches('document', toStorable(documentId))] }
  const taken = await current(to, (without) => all(to.scroll({ must: [foreign, without] })))
  checkOwner(
    documentId,
    taken.map(({ payload }) => ({ id: fromStorable(payload.id ?? ''), documentId: fromStorable(payload.document) })),
  )
}
