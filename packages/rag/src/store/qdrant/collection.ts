import { isAnyModelError } from '@anymodel/core'
import { matches, type QdrantFilter } from './filter.ts'
import type { Payload, Point } from './points.ts'
import type { Ask } from './rest.ts'

/** A point as it is read. */
export interface Read {
  readonly id: string
  readonly payload: Payload
  readonly score?: number
  readonly vector?: { readonly meaning?: readonly number[] }
}

const page = 256

/** The collection behind an alias, so that it can be replaced at once. */
export interface Collection {
  /** Length of its vectors; 0 for a collection without; `undefined` when there is none. */
  dimensions(): Promise<number | undefined>
  /** Makes it, or another in its place with what was in the old one, without vectors of meaning. */
  make(dimensions: number): Promise<void>
  upsert(points: readonly Point[]): Promise<void>
  delete(filter: QdrantFilter): Promise<void>
  get(ids: readonly string[]): Promise<Read[]>
  scroll(filter: QdrantFilter, vectors?: boolean): AsyncIterable<Read>
  count(filter: QdrantFilter): Promise<number>
  /** Fields of the payload that filters ask for. */
  index(keys: readonly string[]): Promise<void>
}

export function collectionOf(ask: Ask, name: string): Collection {
  const at = `/collections/${name}`
  const indexed = new Set<string>()
  const self: Collection = {
    async dimensions() {
      try {
        const { config } = await ask<{ config: { params: { vectors?: { meaning?: { size: number } } } } }>('GET', at)
        return config.params.vectors?.meaning?.size ?? 0
      } catch (error) {
        if (isAnyModelError(error) && error.code === 'not-found') return undefined
        throw error
      }
    },
    async make(dimensions) {
      const replaces = (await self.dimensions()) !== undefined
      const made = `${name}-${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`
      await ask('PUT', `/collections/${made}`, {
        vectors: dimensions === 0 ? {} : { meaning: { size: dimensions, distance: 'Cosine' } },
        sparse_vectors: { words: { modifier: 'idf' } },
      })
      const target = collectionOf(ask, made)
      await target.index(['kind', 'document', 'put', 'id', 'hash', ...indexed])
      if (replaces) await copy(self, target)
      const drop = replaces ? [{ delete_alias: { alias_name: name } }] : []
      const actions = [...drop, { create_alias: { collection_name: made, alias_name: name } }]
      await ask('POST', '/collections/aliases', { actions })
    },
    async upsert(points) {
      for (let from = 0; from < points.length; from += page)
        await ask('PUT', `${at}/points?wait=true`, { points: points.slice(from, from + page) })
    },
    async delete(filter) {
      await ask('POST', `${at}/points/delete?wait=true`, { filter })
    },
    get: (ids) => ask('POST', `${at}/points`, { ids, with_payload: true }),
    async *scroll(filter, vectors = false) {
      let offset: string | null | undefined
      do {
        const body = { filter, limit: page, with_payload: true, with_vector: vectors, ...(offset ? { offset } : {}) }
        const read = await ask<{ points: Read[]; next_page_offset?: string | null }>(
          'POST',
          `${at}/points/scroll`,
          body,
        )
        yield* read.points
        offset = read.next_page_offset
      } while (offset)
    },
    async count(filter) {
      return (await ask<{ count: number }>('POST', `${at}/points/count`, { filter, exact: true })).count
    },
    async index(keys) {
      for (const key of keys) {
        if (indexed.has(key)) continue
        await ask('PUT', `${at}/index?wait=true`, { field_name: key, field_schema: 'keyword' })
        indexed.add(key)
      }
    },
  }
  return self
}

async function copy(from: Collection, to: Collection): Promise<void> {
  const waiting: Point[] = []
  const about = { must_not: [matches('kind', 'about')] }
  for await (const { id, payload, vector } of from.scroll(about, true)) {
    const { meaning: _, ...rest } = (vector ?? {}) as Point['vector']
    waiting.push({ id, payload, vector: rest })
    if (waiting.length === page) await to.upsert(waiting.splice(0))
  }
  await to.upsert(waiting)
}
