import { totalmem } from 'node:os'
import { filesIn } from '../files-in.ts'
import { broken } from '../folder.ts'
import { type Selection, type SizedFile, selections, weightBytesIn } from '../hub/select.ts'
import type { Location } from '../names.ts'
import { toSize } from './size.ts'
import { weightBytes } from './weights.ts'

/** Bytes that this process can still take, also under a limit of its container; `undefined` when the system does not tell. */
export function availableMemory(): number | undefined {
  // macOS counts as free only what nothing is cached in: what there is at all is the only bound to be sure of.
  const bytes = process.platform === 'darwin' ? totalmem() : process.availableMemory()
  return bytes > 0 ? bytes : undefined
}

/** Bytes that this process could have at the most: those of the machine, or of its container. */
export function wholeMemory(): number {
  const limit = process.constrainedMemory()
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem()
}

/**
 * Throws `config` when a model clearly has no room in memory: when its weights alone are larger than what is available now. What a model computes with comes on top, so one that passes may still be too large.
 */
export function requireMemory(location: Location, available: number | undefined = availableMemory()): void {
  const others = selections(filesIn(location.folder))
  requireRoom(location.folder, weightBytes(location), others, available)
}

/** The same for a model by its size. `others`: the precisions that it has. */
export function requireRoom(
  name: string,
  needed: number,
  others: readonly Selection<SizedFile>[],
  available: number | undefined,
): void {
  if (available === undefined || needed <= available) return
  const smaller = others.flatMap(({ dtype, files }) => {
    const bytes = weightBytesIn({ files })
    return dtype && bytes < Math.min(needed, available) ? [`${dtype} (${toSize(bytes)})`] : []
  })
  const choice =
    smaller.length > 0
      ? `Choose a smaller precision, which is there: ${smaller.join(', ')}.`
      : 'Choose a smaller precision, such as q4, or a smaller model.'
  throw broken(
    `The weights of ${name} need ${toSize(needed)} of memory, and ${toSize(available)} are available. ${choice}`,
  )
}
