import { pullModel, toSize } from '@anymodel/onnx/models'
import { downloadDisplay } from './download-display.ts'
import { Interrupted } from './failure.ts'
import { outputClosed, remark, write } from './output.ts'

/** `anymodel pull <name>`: downloads a model, and says where it is. */
export async function pull(name: string, { json }: { readonly json?: boolean }): Promise<void> {
  const interrupt = new AbortController()
  process.once('SIGINT', () => interrupt.abort(new Interrupted()))
  const display = await downloadDisplay(name)
  try {
    const signal = AbortSignal.any([interrupt.signal, outputClosed])
    const model = await pullModel(name, { onStep: display.onStep, signal })
    display.stop()
    const { folder, dtype, commit, bytes } = model
    if (json) return await write(`${JSON.stringify({ name, folder, dtype: dtype ?? null, commit, bytes })}\n`)
    const what = [...(dtype ? [dtype] : []), toSize(bytes), `commit ${commit.slice(0, 7)}`].join(', ')
    await write(`${name} (${what}) is in ${folder}\n`)
  } catch (error) {
    display.stop()
    if (interrupt.signal.aborted) remark('Stopped. What came is kept: pull again to go on.')
    throw error
  }
}
