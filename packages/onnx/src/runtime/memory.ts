import { totalmem } from 'node:os'
import { type Dtype, dtypes } from '../dtypes.ts'
import { broken } from '../folder.ts'
import type { Location } from '../names.ts'
import { toSize } from './size.ts'
import { weightBytes } from './weights.ts'

/** Bytes that this process can still take, also under a limit of its container; `undefined` when the system does not tell. */
export function availableMemory(): number | undefined {
  // macOS counts as free only what nothing is cached in: what there is at all is the only bound to be sure of.
  const bytes = process.platform === 'darwin' ? totalmem() : process.availableMemory()
  return bytes > 0 ? bytes : undefined
}

/**
 * Throws `config` when a model clearly has no room in memory: when its weights alone are larger than all that is available. What a model computes with comes on top, so one that passes may still be too large.
 */
export function requireMemory(location: Location, available: number | undefined = availableMemory()): void {
  const needed = weightBytes(location)
  if (available === undefined || needed <= available) return
  const smaller = smallerPrecisions(location, Math.min(needed, available))
  const choice =
    smaller.length > 0
      ? `Choose a smaller precision, which is there: ${smaller.map(({ dtype, bytes }) => `${dtype} (${toSize(bytes)})`).join(', ')}.`
      : 'Choose a smaller precision, such as q4, or a smaller model.'
  throw broken(
    `The weights of ${location.folder} need ${toSize(needed)} of memory, and ${toSize(available)} are available. ${choice}`,
  )
}

/** The precisions of a folder with less than `limit` bytes of weights, the most exact first. */
function smallerPrecisions({ folder }: Location, limit: number): { readonly dtype: Dtype; readonly bytes: number }[] {
  const all = (Object.keys(dtypes) as Dtype[]).map((dtype) => ({ dtype, bytes: weightBytes({ folder, dtype }) }))
  return all.filter(({ bytes }) => bytes < limit)
}
