import { setTimeout as wait } from 'node:timers/promises'
import { AnyModelError } from '@anymodel/core'
import type { Job, Queue } from 'bullmq'
import type { Document } from '../contract.ts'
import { checkDocument, type DocumentJob, jobId, latestDocuments } from './latest-documents.ts'
import { connectRedis, installed } from './redis.ts'
import { type AddsDocuments, type IngestionWorker, startWorker, type WorkOptions } from './worker.ts'

export interface IngestionQueueOptions {
  /** Redis 6.2 or later: `redis://user:password@host:6379/0`, or `rediss:` for TLS. */
  readonly url: string
  /** Queues of one name share their documents. Letters, digits, `.`, `_` and `-`. Default `anymodel-ingestion`. */
  readonly name?: string
  /** How often a document is tried, with growing pauses, before it counts as failed. What can't succeed is not tried again. Default 5. */
  readonly attempts?: number
  /** Milliseconds between the first and the second attempt; doubled each time. Default 1,000. */
  readonly backoff?: number
}

/** Documents of a queue, by what becomes of them. Those that are in the store are not counted. */
export interface IngestionCounts {
  readonly waiting: number
  readonly active: number
  readonly failed: number
}

/** Documents on their way into a store, held in Redis, for any number of machines. */
export interface IngestionQueue {
  /** Takes documents; they are safe when it resolves. One that waits already in the same state is there once. */
  add(documents: Document | Iterable<Document> | AsyncIterable<Document>): Promise<void>
  /** Starts a worker in this process, which adds documents to knowledge until it is closed. */
  work(knowledge: AddsDocuments, options?: WorkOptions): Promise<IngestionWorker>
  counts(): Promise<IngestionCounts>
  /** Documents that failed for good, with the last error. To try again, `add` them again. */
  failed(): AsyncIterable<{ readonly documentId: string; readonly message: string }>
  /** Resolves when nothing waits and nobody works. An abort rejects with its reason. */
  idle(options?: { readonly signal?: AbortSignal }): Promise<void>
  /** Ends the connection. What is in the queue stays there. */
  close(): Promise<void>
}

const names = /^[\w.-]{1,100}$/
const page = 100

/**
 * A queue of documents in Redis, through BullMQ: put in by some processes, added to a store by others. A worker that dies loses nothing: another one takes its documents over. Since a document is put in
 * place of what was there, nothing is in the store twice. Needs the packages `bullmq` and `ioredis`.
 *
 * ```ts
 * const queue = await ingestionQueue({ url: 'redis://localhost:6379' })
 * await queue.add(documents)
 * const worker = await queue.work(kb)
 * await queue.idle()
 * ```
 */
export async function ingestionQueue(options: IngestionQueueOptions): Promise<IngestionQueue> {
  const { url, name = 'anymodel-ingestion', attempts = 5, backoff = 1000 } = options
  if (!names.test(name))
    throw new AnyModelError(
      'invalid-argument',
      `"${name}" is no name for a queue: letters, digits, ".", "_" and "-" make one.`,
    )
  const { Queue } = await installed(import('bullmq'), 'bullmq')
  const redis = await connectRedis(url)
  const latest = latestDocuments(redis, name)
  const queue: Queue<DocumentJob> = new Queue(name, {
    connection: redis,
    defaultJobOptions: { attempts, backoff: { type: 'exponential', delay: backoff }, removeOnComplete: true },
  })
  queue.on('error', () => {})
  const counts = async (): Promise<IngestionCounts> => {
    const { waiting = 0, active = 0, failed = 0, delayed = 0, paused = 0 } = await queue.getJobCounts()
    return { waiting: waiting + delayed + paused, active, failed }
  }
  return {
    counts,
    async add(documents) {
      for await (const document of listOf(documents)) {
        checkDocument(document)
        await enqueue(queue, await latest.set(document))
      }
    },
    work: (knowledge, given = {}) => startWorker({ url, name, latest, knowledge }, given),
    async *failed() {
      for (let from = 0; ; from += page) {
        const jobs = await queue.getFailed(from, from + page - 1)
        for (const { data, failedReason } of jobs) yield { documentId: data.documentId, message: failedReason }
        if (jobs.length < page) return
      }
    },
    async idle({ signal } = {}) {
      for (;;) {
        signal?.throwIfAborted()
        const { waiting, active } = await counts()
        if (waiting + active === 0) return
        await wait(100, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted())
      }
    },
    async close() {
      await queue.close()
      redis.disconnect()
    },
  }
}

/** A job of the same name that waits makes this one needless; one that has failed makes way. */
async function enqueue(queue: Queue<DocumentJob>, job: DocumentJob): Promise<void> {
  const id = jobId(job)
  const there: Job<DocumentJob> | undefined = await queue.getJob(id)
  if (await there?.isFailed()) await there?.remove()
  await queue.add('document', job, { jobId: id })
}

const listOf = (documents: Document | Iterable<Document> | AsyncIterable<Document>) =>
  Symbol.iterator in documents || Symbol.asyncIterator in documents ? documents : [documents]
