import { AnyModelError } from '@anymodel/core'
import { toSize } from '../runtime/size.ts'

/** A model that takes memory while it is loaded. */
export interface Tenant {
  /** What errors call it. */
  readonly name: string
  /** Memory that it takes, about. */
  readonly bytes: number
  readonly loaded: boolean
  /** True while it has requests. */
  readonly busy: boolean
  /** When it was last asked, in ms. */
  readonly usedAt: number
  close(): Promise<void>
}

/** Makes room for a model that is about to load. */
export type MakeRoom = (tenant: Tenant) => Promise<void>

/**
 * Keeps the models that are loaded within `limit` bytes: those without requests are closed, least recently used first. Rejects with `config` when that is not enough; a model with requests is never
 * closed. `tenants`: all there are, loaded or not.
 */
export function roomWithin(limit: number, tenants: () => Iterable<Tenant>): MakeRoom {
  let last: Promise<void> = Promise.resolve()
  const make = async (tenant: Tenant): Promise<void> => {
    if (tenant.bytes > limit) throw tooLarge(tenant, limit, [])
    for (;;) {
      const loaded = [...tenants()].filter((other) => other.loaded && other !== tenant)
      if (loaded.reduce((sum, { bytes }) => sum + bytes, tenant.bytes) <= limit) return
      const [oldest] = loaded.filter(({ busy }) => !busy).sort((a, b) => a.usedAt - b.usedAt)
      if (!oldest) throw tooLarge(tenant, limit, loaded)
      await oldest.close()
    }
  }
  return (tenant) => {
    const made = last.then(() => make(tenant))
    // The next one waits for this one, whatever came of it.
    last = made.catch(() => {})
    return made
  }
}

function tooLarge({ name, bytes }: Tenant, limit: number, busy: readonly Tenant[]): AnyModelError {
  const others = busy.map((other) => `${other.name} (${toSize(other.bytes)})`).join(', ')
  const [why, what] =
    busy.length > 0
      ? [` while ${others} ${busy.length === 1 ? 'answers' : 'answer'} requests`, 'Ask later, raise maxMemory']
      : ['', 'Raise maxMemory']
  return new AnyModelError(
    'config',
    `${name} needs about ${toSize(bytes)}, which does not fit into maxMemory (${toSize(limit)})${why}. ${what}, or choose a smaller precision, such as q4.`,
  )
}
