import { type AnyModel, anymodel } from '../client.ts'
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

/** The options that go into a call as they are. */
export const callOptions = ({ model = defaultModel, system, maxTokens, temperature }: ModelOptions) => ({
  model,
  ...(system === undefined ? {} : { system }),
  ...(maxTokens === undefined ? {} : { maxTokens }),
  ...(temperature === undefined ? {} : { temperature }),
})
