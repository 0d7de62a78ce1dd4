import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Condition, fits } from './qdrant-filter.ts'

interface Sparse {
  readonly indices: number[]
  readonly values: number[]
}

export interface Point {
  readonly id: string
  readonly payload: Record<string, unknown>
  readonly vector: Record<string, number[] | Sparse>
}

interface Collection {
  readonly vectors: Record<string, { size: number; distance: string }>
  readonly sparse_vectors: Record<string, { modifier?: string }>
  readonly points: Map<string, Point>
  readonly indexed: Set<string>
}

class Refused extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

// biome-ignore lint/suspicious/noExplicitAny: bodies of requests, which each handler reads in its own way
type Body = any

/** The part of Qdrant's REST interface that the store uses, after https://api.qdrant.tech, in memory on a loopback port. What the real server refuses is refused. */
export async function qdrantServer(apiKey: string) {
  const collections = new Map<string, Collection>()
  const aliases = new Map<string, string>()
  const collectionOf = (name: string): Collection => {
    const found = collections.get(aliases.get(name) ?? name)
    if (!found) throw new Refused(404, `Not found: Collection \`${name}\` doesn't exist!`)
    return found
  }

  const handlers: readonly (readonly [method: string, path: RegExp, handle: (name: string, body: Body) => unknown])[] =
    [
      [
        'GET',
        /^\/collections\/([^/]+)$/,
        (name) => ({ status: 'green', config: { params: paramsOf(collectionOf(name)) } }),
      ],
      [
        'PUT',
        /^\/collections\/([^/]+)$/,
        (name, body) => {
          if (collections.has(name)) throw new Refused(409, `Collection \`${name}\` already exists!`)
          collections.set(name, {
            vectors: body.vectors,
            sparse_vectors: body.sparse_vectors,
            points: new Map(),
            indexed: new Set(),
          })
          return true
        },
      ],
      [
        'POST',
        /^\/collections\/(aliases)$/,
        (_, { actions }) => {
          for (const { create_alias: create, delete_alias: drop } of actions) {
            if (drop) aliases.delete(drop.alias_name)
            if (create) {
              collectionOf(create.collection_name)
              aliases.set(create.alias_name, create.collection_name)
            }
          }
          return true
        },
      ],
      [
        'PUT',
        /^\/collections\/([^/]+)\/index$/,
        (name, { field_name, field_schema }) => {
          if (field_schema !== 'keyword') throw new Refused(400, 'only keyword')
          collectionOf(name).indexed.add(field_name)
          return { operation_id: 0, status: 'completed' }
        },
      ],
      [
        'PUT',
        /^\/collections\/([^/]+)\/points$/,
        (name, { points }) => {
          const to = collectionOf(name)
          for (const point of points) to.points.set(point.id, checked(to, point))
          return { operation_id: 0, status: 'completed' }
        },
      ],
      [
        'POST',
        /^\/collections\/([^/]+)\/points$/,
        (name, { ids }) => {
          const { points } = collectionOf(name)
          return ids.flatMap((id: string) => points.get(id) ?? []).map(withoutVector)
        },
      ],
      [
        'POST',
        /^\/collections\/([^/]+)\/points\/delete$/,
        (name, { filter }) => {
          const { points } = collectionOf(name)
          for (const point of that(points, filter)) points.delete(point.id)
          return { operation_id: 0, status: 'completed' }
        },
      ],
      [
        'POST',
        /^\/collections\/([^/]+)\/points\/count$/,
        (name, { filter }) => ({ count: that(collectionOf(name).points, filter).length }),
      ],
      [
        'POST',
        /^\/collections\/([^/]+)\/points\/scroll$/,
        (name, { filter, limit = 10, offset, with_vector }) => {
          const all = that(collectionOf(name).points, filter).sort((a, b) => (a.id < b.id ? -1 : 1))
          const left = offset ? all.filter(({ id }) => id >= offset) : all
          const points = left.slice(0, limit).map((point) => (with_vector ? point : withoutVector(point)))
          return { points, next_page_offset: left[limit]?.id ?? null }
        },
      ],
      [
        'POST',
        /^\/collections\/([^/]+)\/points\/query$/,
        (name, body) => ({ points: queried(collectionOf(name), body) }),
      ],
      [
        'POST',
        /^\/collections\/([^/]+)\/facet$/,
        (name, { key, limit = 10 }) => {
          const { points, indexed } = collectionOf(name)
          if (!indexed.has(key)) throw new Refused(400, `Index required but not found for "${key}"`)
          const counts = new Map<unknown, number>()
          for (const { payload } of points.values())
            for (const value of new Set([payload[key] ?? []].flat())) counts.set(value, (counts.get(value) ?? 0) + 1)
          return { hits: [...counts].slice(0, limit).map(([value, count]) => ({ value, count })) }
        },
      ],
    ]

  const answer = async (request: IncomingMessage) => {
    if (request.headers['api-key'] !== apiKey) throw new Refused(401, 'Must provide an API key')
    let text = ''
    for await (const chunk of request.setEncoding('utf8')) text += chunk
    const path = (request.url ?? '').split('?')[0] as string
    for (const [method, pattern, handle] of handlers) {
      const match = request.method === method ? pattern.exec(path) : undefined
      if (match) return handle(decodeURIComponent(match[1] as string), text ? JSON.parse(text) : {})
    }
    throw new Refused(404, '')
  }
  const server = createServer((request, response) => {
    answer(request).then(
      (result) => reply(response, 200, { result, status: 'ok', time: 0 }),
      (error) =>
        reply(response, error instanceof Refused ? error.status : 500, { status: { error: error.message }, time: 0 }),
    )
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** The points behind an alias. */
    points: (name: string) => collectionOf(name).points,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function reply(response: ServerResponse, status: number, body: object) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

const paramsOf = ({ vectors, sparse_vectors }: Collection) => ({ vectors, sparse_vectors })
const withoutVector = ({ id, payload }: Point) => ({ id, payload })
const that = (points: ReadonlyMap<string, Point>, filter: Condition = {}) =>
  [...points.values()].filter((point) => fits(filter, point))

/** A point as it is kept: vectors of cosine have length 1. */
function checked({ vectors, sparse_vectors }: Collection, point: Point): Point {
  if (!uuid.test(point.id)) throw new Refused(400, `value ${point.id} is not a valid point ID`)
  const vector = Object.entries(point.vector).map(([name, value]) => {
    if (!Array.isArray(value)) {
      if (!sparse_vectors[name]) throw new Refused(400, `Not existing vector name error: ${name}`)
      if (new Set(value.indices).size !== value.values.length) throw new Refused(422, 'must be unique')
      return [name, value]
    }
    if (vectors[name]?.size !== value.length) throw new Refused(400, 'Vector dimension error')
    const length = Math.hypot(...value)
    return [name, [...new Float32Array(value.map((x) => (length > 1e-7 ? x / length : x)))]]
  })
  return { ...point, vector: Object.fromEntries(vector) }
}

function queried(collection: Collection, { query, using, filter, limit = 10 }: Body) {
  const { points, vectors, sparse_vectors } = collection
  if (!vectors[using] && !sparse_vectors[using]) throw new Refused(400, `Not existing vector name error: ${using}`)
  const having = [...points.values()].filter(({ vector }) => vector[using])
  const score = Array.isArray(query) ? cosine(query) : bm25(query, having, using)
  return that(points, filter)
    .filter(({ vector }) => vector[using])
    .map((point) => ({ ...withoutVector(point), score: score(point.vector[using] as never) }))
    .filter(({ score }) => score !== undefined)
    .sort((a, b) => (b.score as number) - (a.score as number))
    .slice(0, limit)
}

const cosine = (query: number[]) => {
  const length = Math.hypot(...query) || 1
  return (vector: number[]) => vector.reduce((sum, x, i) => sum + (x * (query[i] as number)) / length, 0)
}

/** Sparse vectors with `modifier: idf`: only what shares an index is found. https://qdrant.tech/documentation/concepts/indexing/#idf-modifier */
function bm25(query: Sparse, having: readonly Point[], using: string) {
  const idf = new Map(
    query.indices.map((index) => {
      const of = having.filter(({ vector }) => (vector[using] as Sparse).indices.includes(index)).length
      return [index, Math.log((having.length - of + 0.5) / (of + 0.5) + 1)]
    }),
  )
  return ({ indices, values }: Sparse): number | undefined => {
    const gains = indices.flatMap((index, i) =>
      idf.has(index) ? [(idf.get(index) as number) * (values[i] as number)] : [],
    )
    return gains.length === 0 ? undefined : gains.reduce((sum, gain) => sum + gain, 0)
  }
}
