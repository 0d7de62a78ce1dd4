import { existsSync } from 'node:fs'
import { AnyModelError } from '@anymodel/core'
import { defaultStore, type KnowledgeByName, type KnowledgeOptionsByName } from '../../knowledge-verb.ts'
import { type Asking, asking } from '../code/asking.ts'

/** Options of every command that reads documents. */
export interface DocumentOptions {
  readonly config?: string
  readonly model?: string
  readonly store?: string
  readonly mode?: 'text' | 'vector' | 'hybrid'
  readonly embedding?: string
  readonly limit?: number
  readonly json?: boolean
}

export interface Opened extends Asking {
  readonly kb: KnowledgeByName
}

/** Runs a command with documents that are there. Throws `invalid-argument` where no store is. */
export async function withDocuments<T>(options: DocumentOptions, run: (opened: Opened) => Promise<T>): Promise<T> {
  const { store = defaultStore } = options
  if (!existsSync(store))
    throw new AnyModelError(
      'invalid-argument',
      `There are no documents in ${store}. Take some in with: anymodel index <folder>. To ask the model alone: anymodel "question".`,
    )
  return openDocuments(options, run)
}

/** The same, also where there are none yet. */
export const openDocuments = <T>(
  { store = defaultStore, embedding, ...options }: DocumentOptions,
  run: (opened: Opened) => Promise<T>,
  more: Pick<KnowledgeOptionsByName, 'load'> = {},
): Promise<T> =>
  asking(options, 'chat', async (given) => {
    const kb = await given.ai.knowledge({
      ...more,
      store,
      ...(embedding === undefined ? {} : { embedding: local(embedding) }),
    })
    try {
      return await run({ ...given, kb })
    } finally {
      await kb.close()
    }
  })

/** A local model may be named without `onnx/` before it. */
const local = (name: string): string => (/^(?:npm|dir|hf):/.test(name) ? `onnx/${name}` : name)

/** The options of a search that were given. */
export const searchOf = ({ mode, limit }: DocumentOptions) => ({
  ...(mode === undefined ? {} : { mode }),
  ...(limit === undefined ? {} : { limit }),
})
