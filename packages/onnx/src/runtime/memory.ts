import { readdirSync, statSync } from 'node:fs'
import { totalmem } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { type Dtype, dtypes } from '../dtypes.ts'
import { broken } from '../folder.ts'
import { toSize } from './size.ts'

/** Bytes that this process can still take, also under a limit of its container; `undefined` when the system does not tell. */
export function availableMemory(): number | undefined {
  // macOS counts as free only what nothing is cached in: what there is at all is the only bound to be sure of.
  const bytes = process.platform === 'darwin' ? totalmem() : process.availableMemory()
  return bytes > 0 ? bytes : undefined
}

/**
 * Throws `config` when weights clearly have no room in memory: when they alone are larger than all that is available. What a model computes with comes on top, so one that passes may still be too large. `weights`: the files that
 * will be loaded.
 */
export function requireMemory(weights: readonly string[], available: number | undefined = availableMemory()): void {
  const needed = weights.reduce((sum, file) => sum + statSync(file).size, 0)
  if (available === undefined || needed <= available) return
  const smaller = otherPrecisions(weights).filter(({ bytes }) => bytes < available)
  const choice =
    smaller.length > 0
      ? `Choose a smaller precision, which this folder has: ${smaller.map(({ dtype, bytes }) => `${dtype} (${toSize(bytes)})`).join(', ')}.`
      : 'Choose a smaller precision, such as q4, or a smaller model.'
  throw broken(
    `The weights of ${weights[0]} need ${toSize(needed)} of memory, and ${toSize(available)} are available. ${choice}`,
  )
}

interface Precision {
  readonly dtype: Dtype
  readonly bytes: number
}

/** The other files of the same graphs, the largest first. */
function otherPrecisions(weights: readonly string[]): Precision[] {
  const graphs = weights.filter((file) => file.endsWith('.onnx'))
  const found = (Object.keys(dtypes) as Dtype[]).flatMap((dtype) => {
    const others = graphs.map((graph) => withWeights(join(dirname(graph), stem(graph) + dtypes[dtype])))
    const isWhole = others.every((files) => files.length > 0)
    return isWhole ? [{ dtype, bytes: others.flat().reduce((sum, file) => sum + statSync(file).size, 0) }] : []
  })
  return found.sort((a, b) => b.bytes - a.bytes)
}

const suffix = new RegExp(`(${Object.values(dtypes).filter(Boolean).join('|')})?\\.onnx$`)

/** The name of a graph without its precision. */
const stem = (graph: string): string => basename(graph).replace(suffix, '')

/** The files of a graph, none when it is not there. */
function withWeights(graph: string): string[] {
  const folder = dirname(graph)
  const names = readdirSync(folder).filter((name) => name.startsWith(`${basename(graph)}.onnx`))
  return names.includes(`${basename(graph)}.onnx`) ? names.map((name) => join(folder, name)) : []
}
