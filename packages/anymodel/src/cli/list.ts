import { type LocalModel, listModels, toSize } from '@anymodel/onnx/models'
import { paint, write, writePainted } from './output.ts'
import { table } from './table.ts'

/** `anymodel list`: the local models, with precisions, size and version. */
export async function list({ json }: { readonly json?: boolean }): Promise<void> {
  const models = listModels({ resolveFrom: [import.meta.url] })
  if (json) {
    for (const model of models) await write(`${JSON.stringify(model)}\n`)
    return
  }
  await writePainted(table(models.map(row)))
}

function row({ name, dtypes, complete, bytes, version, from }: LocalModel): string[] {
  const state = complete ? dtypes.join(', ') : paint('yellow', 'not finished: pull it again')
  return [name, state, toSize(bytes), from === 'hub' ? version.slice(0, 7) : version]
}
