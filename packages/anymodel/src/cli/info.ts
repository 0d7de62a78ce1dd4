import { describeModel, type GraphValue, type ModelDescription, toSize } from '@anymodel/onnx/models'
import { write } from './output.ts'
import { table } from './table.ts'

/** `anymodel info <name>`: what is known of a local model without loading it. */
export async function info(name: string, { json }: { readonly json?: boolean }): Promise<void> {
  const model = describeModel(name, { resolveFrom: [import.meta.url] })
  if (json) return write(`${JSON.stringify(model)}\n`)
  await write(`${model.name}\n${table(facts(model))}`)
  for (const { path, opset, inputs, outputs } of model.graphs) {
    await write(`\n${path} (opset ${opset})\n`)
    await write(table([...faces('takes', inputs), ...faces('gives', outputs)]))
  }
}

function facts({ kind, folder, dtype, dtypes, contextLength, license, memory }: ModelDescription): string[][] {
  const { weights, available } = memory
  const precisions = dtypes.map((one) => `${one.dtype ?? 'no name'} (${toSize(one.bytes)})`).join(', ')
  const room =
    available === undefined ? '' : `; ${toSize(available)} available${weights > available ? ': too little' : ''}`
  return [
    ['kind', kind ?? 'unknown'],
    ['folder', folder],
    ['precisions', `${precisions}${dtype && dtypes.length > 1 ? `; loaded: ${dtype}` : ''}`],
    ...(contextLength === undefined ? [] : [['context', `${contextLength} tokens`]]),
    ['licence', license ?? 'not told'],
    ['memory', `${toSize(weights)} at least${room}`],
  ]
}

/** A line for each input or output; those that every layer has share one. */
function faces(way: string, values: readonly GraphValue[]): string[][] {
  const lines = new Map<string, { readonly value: GraphValue; count: number }>()
  for (const value of values) {
    const name = value.name.replace(/(?<=^|[._])\d+(?=[._]|$)/g, 'N')
    const line = lines.get(name)
    if (line) line.count++
    else lines.set(name, { value, count: 1 })
  }
  return [...lines].map(([name, { value, count }]) => [
    way,
    count > 1 ? `${name} (N: ${count} layers)` : value.name,
    value.type,
    `[${value.shape.join(', ')}]`,
  ])
}
