import type { AnyModel } from '../../client.ts'
import { loadConfig } from '../../config/load.ts'
import { defaultModel, type ModelOptions, openClient } from '../client.ts'
import { Interrupted } from '../failure.ts'
import { outputClosed } from '../output.ts'

/** Options of every command about code. */
export type CodeOptions = Pick<ModelOptions, 'config' | 'model'>

/** What a command asks with. */
export interface Asking {
  readonly ai: AnyModel
  readonly model: string
  /** Ctrl-C, and a reader of the output that left. */
  readonly signal: AbortSignal
}

/** Runs a command with a client. Its model is the one that was asked for, else the role if the config has it, else the role chat. */
export async function asking<T>(options: CodeOptions, role: string, run: (asking: Asking) => Promise<T>): Promise<T> {
  const model = await modelFor(options, role)
  const interrupt = new AbortController()
  const onInterrupt = () => interrupt.abort(new Interrupted())
  process.once('SIGINT', onInterrupt)
  const client = await openClient(options)
  try {
    return await run({ ai: client.ai, model, signal: AbortSignal.any([interrupt.signal, outputClosed]) })
  } finally {
    process.off('SIGINT', onInterrupt)
    await client.close()
  }
}

/** A local model may be named without `onnx/` before it. */
async function modelFor({ config, model }: CodeOptions, role: string): Promise<string> {
  if (model !== undefined) return /^(?:npm|dir|hf):/.test(model) ? `onnx/${model}` : model
  const { models } = await loadConfig(config)
  return Object.hasOwn(models, role) ? role : defaultModel
}
