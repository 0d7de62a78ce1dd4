import { createHash } from 'node:crypto'
import { AnyModelError } from '@anymodel/core'
import type { Redis } from 'ioredis'
import type { Document } from '../contract.ts'

/** A job: which document, in which state. */
export interface DocumentJob {
  readonly documentId: string
  readonly hash: string
}

/** The newest state of each document on its way. Jobs carry only its hash: of a document that changes while it is worked on, the last state wins, whatever the order in which workers end. */
export interface LatestDocuments {
  set(document: Document): Promise<DocumentJob>
  /** `undefined` when it was done long ago. */
  get(documentId: string): Promise<{ readonly hash: string; readonly document: Document } | undefined>
  /** Whether this is still the newest state. It is then kept for an hour more, for workers that are late. */
  done(job: DocumentJob): Promise<boolean>
}

const hour = 3_600_000

const doneScript = `
local hash = redis.call('HGET', KEYS[1], 'hash')
if hash and hash ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1`

export function latestDocuments(redis: Redis, queue: string): LatestDocuments {
  const key = (documentId: string) => `anymodel:${queue}:${sha256(documentId)}`
  return {
    async set(document) {
      const json = JSON.stringify(document)
      const job = { documentId: document.id, hash: sha256(json) }
      await redis.multi().hset(key(document.id), { hash: job.hash, document: json }).persist(key(document.id)).exec()
      return job
    },
    async get(documentId) {
      const { hash, document } = await redis.hgetall(key(documentId))
      return hash && document ? { hash, document: JSON.parse(document) as Document } : undefined
    },
    done: async ({ documentId, hash }) => (await redis.eval(doneScript, 1, key(documentId), hash, hour)) === 1,
  }
}

/** The same for the same state of the same document. */
export const jobId = ({ documentId, hash }: DocumentJob): string => sha256(`${documentId} ${hash}`)

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Throws `invalid-argument` for what is no document. */
export function checkDocument(document: Document): void {
  if (typeof document?.id !== 'string' || !document.id || typeof document.text !== 'string')
    throw new AnyModelError('invalid-argument', 'A document needs an id and a text: { id, text }.')
}
