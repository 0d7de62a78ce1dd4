import { type AnyModelError, addUsage, type Usage } from '@anymodel/core'

/** A document that could not be added. */
export interface AddFailure {
  /** Path, URL or id of the document. */
  readonly id: string
  readonly error: AnyModelError
}

/** What became of an `add`. */
export interface AddReport {
  /** Documents that are new, or had changed. */
  readonly added: number
  /** Documents that are there as they are. */
  readonly unchanged: number
  /** Documents that were there and are gone from where they came from. */
  readonly removed: number
  /** Chunks of the added documents. */
  readonly chunks: number
  /** Texts that the embedding model was asked for; the others were known. */
  readonly embedded: number
  /** The others were added all the same. */
  readonly failed: readonly AddFailure[]
  /** Documents whose text is that of another one. They are added; search gives what they say once. */
  readonly duplicates: readonly { readonly id: string; readonly of: string }[]
  /** Of the embedding model. */
  readonly usage: Usage
}

/** One step of an `add`. */
export interface AddProgress {
  /** The document that it is about. */
  readonly id: string
  readonly outcome: 'added' | 'unchanged' | 'failed' | 'removed'
  /** Documents so far, whatever became of them. */
  readonly done: number
  /** Where it is known how many there are. */
  readonly total?: number
  readonly error?: AnyModelError
}

/** Counts what becomes of documents and tells it. */
export interface Tally {
  tell(id: string, outcome: AddProgress['outcome'], error?: AnyModelError): void
  count(chunks: number, embedded: number, usage: Usage): void
  /** Remembers a text by its hash. */
  text(hash: string, id: string): void
  report(): AddReport
}

export function newTally(onProgress: ((progress: AddProgress) => void) | undefined, total: number | undefined): Tally {
  const outcomes = { added: 0, unchanged: 0, failed: 0, removed: 0 }
  const failed: AddFailure[] = []
  const duplicates: { id: string; of: string }[] = []
  const firstWith = new Map<string, string>()
  let [chunks, embedded, usage]: [number, number, Usage] = [0, 0, {}]
  return {
    tell(id, outcome, error) {
      outcomes[outcome]++
      if (error) failed.push({ id, error })
      const done = outcomes.added + outcomes.unchanged + outcomes.failed
      onProgress?.({ id, outcome, done, ...(total === undefined ? {} : { total }), ...(error ? { error } : {}) })
    },
    count(moreChunks, moreEmbedded, moreUsage) {
      chunks += moreChunks
      embedded += moreEmbedded
      usage = addUsage(usage, moreUsage)
    },
    text(hash, id) {
      const of = firstWith.get(hash)
      if (of === undefined) firstWith.set(hash, id)
      else if (of !== id) duplicates.push({ id, of })
    },
    report() {
      const { added, unchanged, removed } = outcomes
      return { added, unchanged, removed, chunks, embedded, failed, duplicates, usage }
    },
  }
}
