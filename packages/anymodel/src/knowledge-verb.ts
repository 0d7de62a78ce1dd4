import type { EmbeddingModel, Given, RerankModel, TextModel } from '@anymodel/core'
import type {
  AnswerStream,
  AskOptions,
  GroundedAnswer,
  Hit,
  Knowledge,
  KnowledgeOptions,
  KnowledgeView,
  SearchOptions,
  Store,
} from '@anymodel/rag'
import { builtInModels } from './config/load.ts'
import type { Kind, Models } from './roles/kinds.ts'
import type { Snapshot } from './roles/snapshot.ts'

/** Options of `ai.knowledge`: those of `knowledge()` with models by name. */
export interface KnowledgeOptionsByName extends Omit<KnowledgeOptions, 'store' | 'embedding' | 'search'> {
  /** A store, or the path of a SQLite file. Default `.anymodel/knowledge.db` in the working directory. */
  readonly store?: Store | string
  /** Default: the role `embedding` where the config has it, else the built-in model. It is looked up once: vectors belong to a model. */
  readonly embedding?: string | Given<EmbeddingModel>
  /** Defaults of every search. */
  readonly search?: Omit<SearchOptionsByName, 'signal' | 'history' | 'filter'>
}

/** Options of a search whose rerank model may be given by name. */
export type SearchOptionsByName = Omit<SearchOptions, 'rerank'> & { readonly rerank?: string | Given<RerankModel> }

/** Options of `ask` with models by name. */
export interface AskOptionsByName extends Omit<AskOptions, 'model' | 'judge' | 'search'> {
  /** Default: the role `chat`. */
  readonly model?: string | AskOptions['model']
  readonly judge?: string | AskOptions['judge']
  readonly search?: Omit<SearchOptionsByName, 'history' | 'signal' | 'onNotice'>
}

/** What may be asked of knowledge, with models by name. */
export interface KnowledgeViewByName {
  search(question: string, options?: SearchOptionsByName): Promise<readonly Hit[]>
  ask(options: AskOptionsByName): Promise<GroundedAnswer>
  streamAsk(options: AskOptionsByName): AnswerStream
  as(...access: Parameters<KnowledgeView['as']>): KnowledgeViewByName
}

/** Knowledge, with models by name. */
export type KnowledgeByName = Omit<Knowledge, keyof KnowledgeViewByName> & KnowledgeViewByName

export interface KnowledgeVerb {
  /** Opens documents in a store, to be searched and asked. `@anymodel/rag` is loaded with the first call. Rejects with `config` for names that lead nowhere. */
  knowledge(options?: KnowledgeOptionsByName): Promise<KnowledgeByName>
}

/** Where documents go when nothing else is said. */
export const defaultStore = '.anymodel/knowledge.db'

export const knowledgeVerb = (now: () => Snapshot): KnowledgeVerb => ({
  async knowledge({ store = defaultStore, embedding, search, ...options } = {}) {
    const snapshot = now()
    const { knowledge, sqliteStore } = await import('@anymodel/rag')
    const model = embedding ?? embeddingName(snapshot)
    const opened = await knowledge({
      ...options,
      store: typeof store === 'string' ? sqliteStore(store) : store,
      embedding: typeof model === 'string' ? await snapshot.modelOf('embedding', model) : model,
      ...(search ? { search: searched(search, now) } : {}),
    })
    return { ...opened, ...byName(opened, now) }
  },
})

const embeddingName = ({ config }: Snapshot): string =>
  Object.hasOwn(config.models, 'embedding') ? 'embedding' : `onnx/${builtInModels.embedding}`

const modelBy = <K extends Kind>(kind: K, model: string | Given<Models[K]>, now: () => Snapshot): Given<Models[K]> => {
  const snapshot = now()
  return typeof model === 'string' ? () => snapshot.modelOf(kind, model) : model
}

const searched = <O extends { readonly rerank?: string | Given<RerankModel> }>(
  { rerank, ...options }: O,
  now: () => Snapshot,
) => ({
  ...options,
  ...(rerank === undefined ? {} : { rerank: modelBy('rerank', rerank, now) }),
})

function byName(view: KnowledgeView, now: () => Snapshot): KnowledgeViewByName {
  const asked = ({ model = 'chat', judge, search, ...options }: AskOptionsByName): AskOptions => ({
    ...options,
    model: textModel(model, now),
    ...(judge === undefined ? {} : { judge: typeof judge === 'string' ? textModel(judge, now) : judge }),
    ...(search === undefined ? {} : { search: searched(search, now) }),
  })
  return {
    search: (question, options = {}) => view.search(question, searched(options, now)),
    ask: (options) => view.ask(asked(options)),
    streamAsk: (options) => view.streamAsk(asked(options)),
    as: (access) => byName(view.as(access), now),
  }
}

/** A role's defaults, clocks and retries come with `model`, not with `modelOf`. */
const textModel = (model: string | Given<TextModel>, now: () => Snapshot): Given<TextModel> => {
  const snapshot = now()
  return typeof model === 'string' ? () => snapshot.model(model) : model
}
