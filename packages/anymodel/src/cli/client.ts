import { type AnyModel, anymodel } from '../client.ts'
import { builtInModels, loadConfig } from '../config/load.ts'
import { type ProgressDisplay, progressDisplay } from './progress.ts'

/** Options of every command that asks a model. */
export interface ModelOptions {
  readonly config?: string
  /** A role or `provider/model`. */
  readonly model?: string
  readonly system?: string
  readonly maxTokens?: number
  readonly temperature?: number
}

/** A client, and what shows how its local models load. */
export interface OpenClient {
  readonly ai: AnyModel
  readonly progress: ProgressDisplay
  close(): Promise<void>
}

/** The model of a command that was not told which. */
export const defaultModel = 'chat'

export async function openClient({ config }: ModelOptions): Promise<OpenClient> {
  const progress = progressDisplay()
  const options = { watch: false, onProgress: progress.onProgress }
  const ai = await anymodel(config === undefined ? options : { ...options, config })
  return {
    ai,
    progress,
    async close() {
      progress.stop()
      await ai.close()
    },
  }
}

/**
 * The model of a command for another kind than text: the one that was asked for (a local one may be named without `onnx/` before it), the role of that name if the config has it, else the built-in one. Without any the name of the role leads to an error that
 * lists what there is.
 */
export async function modelName({ config, model }: ModelOptions, role: string): Promise<string> {
  if (model !== undefined) return /^(?:npm|dir|hf):/.test(model) ? `onnx/${model}` : model
  const { models } = await loadConfig(config)
  const builtIn = Object.hasOwn(builtInModels, role) ? builtInModels[role as keyof typeof builtInModels] : undefined
  return Object.hasOwn(models, role) || builtIn === undefined ? role : `onnx/${builtIn}`
}

/** The options that go into a call as they are. */
export const callOptions = ({ model = defaultModel, system, maxTokens, temperature }: ModelOptions) => ({
  model,
  ...(system === undefined ? {} : { system }),
  ...(maxTokens === undefined ? {} : { maxTokens }),
  ...(temperature === undefined ? {} : { temperature }),
})
