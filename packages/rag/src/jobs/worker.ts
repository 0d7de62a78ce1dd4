import { isAnyModelError } from '@anymodel/core'
import type { Worker } from 'bullmq'
import type { Document } from '../contract.ts'
import type { DocumentJob, LatestDocuments } from './latest-documents.ts'
import { connectRedis, installed } from './redis.ts'

/** What takes documents; `knowledge()` fits. An error, or a document that is reported as failed, is tried again. */
export interface AddsDocuments {
  add(document: Document, options: { readonly signal: AbortSignal }): Promise<unknown>
}

export interface WorkOptions {
  /** Documents that are worked on at once. Default 1. */
  readonly concurrency?: number
  /** Milliseconds without a sign of life after which a worker counts as dead and others take its documents over. Default 30,000. */
  readonly lease?: number
  /** Told after each document, and when it failed. */
  readonly onDocument?: (documentId: string, error?: Error) => void
}

export interface IngestionWorker {
  /** Takes no more documents and resolves when those that are worked on are done. `now`: aborts them; they are taken up again by other workers, or by the next one. */
  close(options?: { readonly now?: boolean }): Promise<void>
}

interface Place {
  readonly url: string
  readonly name: string
  readonly latest: LatestDocuments
  readonly knowledge: AddsDocuments
}

/** A document that was being worked on when so many workers died is not given to another one: it may be what killed them. */
const mostDeaths = 5

export async function startWorker(place: Place, { concurrency = 1, lease = 30_000, onDocument }: WorkOptions) {
  const { Worker, UnrecoverableError } = await installed(import('bullmq'), 'bullmq')
  const redis = await connectRedis(place.url)
  const left = new AbortController()
  const worker: Worker<DocumentJob> = new Worker(
    place.name,
    async ({ data }) => {
      try {
        await addLatest(place, data.documentId, left.signal)
      } catch (error) {
        if (isAnyModelError(error) && !error.retryable) throw new UnrecoverableError(error.message)
        throw error
      }
    },
    {
      connection: redis,
      concurrency,
      lockDuration: lease,
      stalledInterval: lease,
      maxStalledCount: mostDeaths,
    },
  )
  worker.on('error', () => {})
  worker.on('completed', ({ data }) => onDocument?.(data.documentId))
  worker.on('failed', (job, error) => job && onDocument?.(job.data.documentId, error))
  await worker.waitUntilReady()
  return {
    async close({ now = false } = {}) {
      if (now) left.abort(new Error('The worker was closed.'))
      await worker.close(now)
      redis.disconnect()
    },
  } satisfies IngestionWorker
}

/** Adds the newest state of a document, and again when it has changed meanwhile. */
async function addLatest({ latest, knowledge }: Place, documentId: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted()
    const newest = await latest.get(documentId)
    if (!newest) return
    const report = await knowledge.add(newest.document, { signal })
    const failed = (report as { failed?: readonly { error: Error }[] } | undefined)?.failed?.[0]
    if (failed) throw failed.error
    if (await latest.done({ documentId, hash: newest.hash })) return
  }
}
