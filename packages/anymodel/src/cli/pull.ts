import { availableMemory, pullModel, toSize } from '@anymodel/onnx/models'
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
    let isFirst = true
    const onStep = (step: { readonly bytes: number; readonly totalBytes: number }) => {
      if (isFirst) warnOfSize(step.totalBytes)
      isFirst = false
      display.onStep(step)
    }
    const model = await pullModel(name, { onStep, signal })
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

/** It may be meant for another machine, so it is said and not refused. */
function warnOfSize(bytes: number): void {
  const available = availableMemory()
  if (available !== undefined && bytes > available)
    remark(
      `It has ${toSize(bytes)}, and ${toSize(available)} of memory are available: it will not run here as things are. A smaller precision may, such as :q4.`,
    )
}
