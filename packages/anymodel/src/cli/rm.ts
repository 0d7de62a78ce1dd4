import { removeModel, toSize } from '@anymodel/onnx/models'
import { write } from './output.ts'

/** `anymodel rm <name>`: removes a model from the cache, and says what that freed. */
export async function rm(name: string, { json }: { readonly json?: boolean }): Promise<void> {
  const { bytes } = removeModel(name)
  await write(json ? `${JSON.stringify({ name, bytes })}\n` : `${name} is removed: ${toSize(bytes)} are free again.\n`)
}
