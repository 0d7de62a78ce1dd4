import type { Store } from '../contract.ts'
import type { Tally } from './report.ts'

/** Field of a document's metadata that names the place it was found in. */
export const originField = 'addedFrom'

export interface Sweeping {
  readonly origin: string
  /** Ids of documents that came, or failed: a folder or file that could not be read keeps what was found in it. */
  readonly seen: ReadonlySet<string>
  readonly failed: readonly string[]
  readonly tally: Tally
}

/** Takes documents away that were found in a place before and are no longer there. */
export async function sweep(store: Store, { origin, seen, failed, tally }: Sweeping): Promise<void> {
  const gone: string[] = []
  const isKept = (id: string) => failed.some((path) => id.startsWith(`${path}#`) || id.startsWith(`${path}/`))
  for await (const { id, metadata } of store.documents())
    if (metadata[originField] === origin && !seen.has(id) && !isKept(id)) gone.push(id)
  if (gone.length === 0) return
  await store.remove(gone)
  for (const id of gone) tally.tell(id, 'removed')
}
