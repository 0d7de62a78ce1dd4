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

/** A precision, and the bytes of its weights. */
interface Precision {
  readonly dtype?: Dtype
  readonly bytes: number
}

/**
 * Throws `config` when a model clearly has no room in memory: when its weights alone are larger than all that is available. What a model computes with comes on top, so one that passes may still be too large.
 */
export function requireMemory({ folder, dtype }: Location, available?: number): void {
  const others = (Object.keys(dtypes) as Dtype[]).map((dtype) => ({ dtype, bytes: weightBytes({ folder, dtype }) }))
  requireRoom(folder, { ...(dtype && { dtype }), bytes: weightBytes({ folder, dtype }) }, others, available)
}

/** The same for a model of which only sizes are known; `others` are the precisions that it has besides. */
export function requireRoom(
  name: string,
  { bytes: needed }: Precision,
  others: readonly Precision[],
  available: number | undefined = availableMemory(),
): void {
  if (available === undefined || needed <= available) return
  const smaller = others.filter(({ dtype, bytes }) => dtype && bytes < Math.min(needed, available))
  const choice =
    smaller.length > 0
      ? `Choose a smaller precision, which is there: ${smaller.map(({ dtype, bytes }) => `${dtype} (${toSize(bytes)})`).join(', ')}.`
      : 'Choose a smaller precision, such as q4, or a smaller model.'
  throw broken(
    `The weights of ${name} need ${toSize(needed)} of memory, and ${toSize(available)} are available. ${choice}`,
  )
}
