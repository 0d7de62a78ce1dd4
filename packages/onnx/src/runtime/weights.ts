import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Dtype, dtypes } from '../names.ts'

/** Folders of pipelines lie one or two deep. */
const deepest = 2

/** Bytes of the weights that a model's folder would load: every graph in the precision that is asked for, else in its most exact one, with the files beside it. 0 for a folder that can't be read. */
export function weightBytes({
  folder,
  dtype,
}: {
  readonly folder: string
  readonly dtype?: Dtype | undefined
}): number {
  return foldersIn(folder, deepest).reduce((sum, inner) => sum + bytesIn(inner, dtype), 0)
}

function foldersIn(folder: string, depth: number): string[] {
  const inner = depth === 0 ? [] : entries(folder).filter((entry) => entry.isDirectory())
  return [
    folder,
    ...inner.flatMap(({ name }) => (name === 'node_modules' ? [] : foldersIn(join(folder, name), depth - 1))),
  ]
}

function entries(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}

const suffix = new RegExp(`(${Object.values(dtypes).filter(Boolean).join('|')})?\\.onnx$`)

function bytesIn(folder: string, dtype: Dtype | undefined): number {
  const names = entries(folder).map(({ name }) => name)
  const graphs = names.filter((name) => name.endsWith('.onnx'))
  const stems = new Set(graphs.map((name) => name.replace(suffix, '')))
  let sum = 0
  for (const stem of stems) {
    const has = (wanted: Dtype) => graphs.includes(`${stem}${dtypes[wanted]}.onnx`)
    const chosen = dtype && has(dtype) ? dtype : (Object.keys(dtypes) as Dtype[]).find(has)
    const graph = `${stem}${chosen ? dtypes[chosen] : ''}.onnx`
    for (const name of names) if (name.startsWith(graph)) sum += statSync(join(folder, name)).size
  }
  return sum
}
