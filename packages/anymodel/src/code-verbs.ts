import type {
  CodeStream,
  Completion,
  CompletionOptions,
  CompletionSession,
  CompletionStream,
  EditOptions,
  EditResult,
  EditStream,
  ExplainOptions,
  Explanation,
  GenerateCodeOptions,
  GeneratedCode,
  Review,
  ReviewOptions,
  SessionOptions,
  TranslateOptions,
  VerifiedCode,
  VerifiedCodeOptions,
  VerifiedCodeStream,
  WriteTestsOptions,
} from '@anymodel/code'
import { costAt, type Given, type TextModel } from '@anymodel/core'
import { lateIterable, lateStream, once, type ResultStream } from './late-stream.ts'
import { priceOf } from './roles/limiting.ts'
import type { Snapshot } from './roles/snapshot.ts'

/** Options of a verb whose model may be given by name. */
type Named<O extends { readonly model: unknown }> = Omit<O, 'model'> & { readonly model: string | O['model'] }

type ChosenModel = string | Given<TextModel>

/** Options of `generateVerifiedCode` whose models may be given by name. `budget.cost` is in US dollars, by the `prices` of the config, unless `budget.costOf` is given. */
export interface VerifiedCodeOptionsByName
  extends Omit<VerifiedCodeOptions, 'model' | 'models' | 'inputModel' | 'judge'> {
  readonly model?: ChosenModel
  readonly models?: readonly ChosenModel[]
  readonly inputModel?: ChosenModel
  readonly judge?: ChosenModel
}

/** The verbs of `@anymodel/code`, with models by name. The package is loaded with the first of them. */
export interface CodeVerbs {
  /** Completes code at a cursor. Models that were made to fill gaps are known by their id and asked in their way, where the provider has one; all others are asked in a chat. */
  completeCode(options: Named<CompletionOptions>): Promise<Completion>
  streamCompletion(options: Named<CompletionOptions>): CompletionStream
  completionSession(options: Named<SessionOptions>): CompletionSession
  generateCode(options: Named<GenerateCodeOptions>): Promise<GeneratedCode>
  streamCode(options: Named<GenerateCodeOptions>): CodeStream
  editCode(options: Named<EditOptions>): Promise<EditResult>
  streamEdit(options: Named<EditOptions>): EditStream
  explainCode(options: Named<ExplainOptions>): Promise<Explanation>
  translateCode(options: Named<TranslateOptions>): Promise<GeneratedCode>
  writeTests(options: Named<WriteTestsOptions>): Promise<GeneratedCode>
  reviewCode(options: Named<ReviewOptions>): Promise<Review>
  generateVerifiedCode(options: VerifiedCodeOptionsByName): Promise<VerifiedCode>
  streamVerifiedCode(options: VerifiedCodeOptionsByName): VerifiedCodeStream
}

type CodePackage = typeof import('@anymodel/code')

const load = (): Promise<CodePackage> => import('@anymodel/code')

/** The verbs, with models looked up by name. A call keeps the config of the moment it was made. */
export function codeVerbs(now: () => Snapshot): CodeVerbs {
  const named = <O extends { readonly model: unknown }>({ model, ...options }: Named<O>): O => {
    const snapshot = now()
    return { ...options, model: typeof model === 'string' ? () => snapshot.model(model) : model } as unknown as O
  }
  const verb =
    <O extends { readonly model: unknown }, R>(run: (code: CodePackage, options: O) => Promise<R>) =>
    (given: Named<O>): Promise<R> => {
      const options = named(given)
      return load().then((code) => run(code, options))
    }
  const streamed =
    <O extends { readonly model: unknown }, E, R>(run: (code: CodePackage, options: O) => ResultStream<E, R>) =>
    (given: Named<O>): ResultStream<E, R> => {
      const options = named(given)
      return lateStream(once(async () => run(await load(), options)))
    }
  return {
    ...completing(now),
    ...verifying(now),
    generateCode: verb((code, options: GenerateCodeOptions) => code.generateCode(options)),
    streamCode: streamed((code, options: GenerateCodeOptions) => code.streamCode(options)),
    editCode: verb((code, options: EditOptions) => code.editCode(options)),
    streamEdit: streamed((code, options: EditOptions) => code.streamEdit(options)),
    explainCode: verb((code, options: ExplainOptions) => code.explainCode(options)),
    translateCode: verb((code, options: TranslateOptions) => code.translateCode(options)),
    writeTests: verb((code, options: WriteTestsOptions) => code.writeTests(options)),
    reviewCode: verb((code, options: ReviewOptions) => code.reviewCode(options)),
  }
}

/** The verbs that ask several models. */
function verifying(now: () => Snapshot): Pick<CodeVerbs, 'generateVerifiedCode' | 'streamVerifiedCode'> {
  const named = ({ model, models, inputModel, judge, ...options }: VerifiedCodeOptionsByName): VerifiedCodeOptions => {
    const snapshot = now()
    const chosen = (model: ChosenModel) => (typeof model === 'string' ? () => snapshot.model(model) : model)
    return {
      ...options,
      ...priced(options, snapshot),
      ...(model === undefined ? {} : { model: chosen(model) }),
      ...(models === undefined ? {} : { models: models.map(chosen) }),
      ...(inputModel === undefined ? {} : { inputModel: chosen(inputModel) }),
      ...(judge === undefined ? {} : { judge: chosen(judge) }),
    }
  }
  return {
    generateVerifiedCode(given) {
      const options = named(given)
      return load().then(({ generateVerifiedCode }) => generateVerifiedCode(options))
    },
    streamVerifiedCode(given) {
      const options = named(given)
      return lateStream(once(async () => (await load()).streamVerifiedCode(options)))
    },
  }
}

/** What answers cost, by the prices of the config, unless the call knows better. */
function priced(
  { budget }: Pick<VerifiedCodeOptions, 'budget'>,
  { config }: Snapshot,
): Pick<VerifiedCodeOptions, 'budget'> {
  const isKnown = Object.keys(config.prices).length > 0
  if (budget?.costOf || (!isKnown && budget?.cost === undefined)) return {}
  const costOf: NonNullable<typeof budget>['costOf'] = (usage, model) => {
    const price = priceOf(config, model)
    return price && costAt(price, usage)
  }
  return { budget: { ...budget, costOf } }
}

/** The verbs that complete: what a role sets stands in for what the call leaves open, before the verb's own defaults do. */
function completing(now: () => Snapshot): Pick<CodeVerbs, 'completeCode' | 'streamCompletion' | 'completionSession'> {
  const ready = <O extends { readonly model: CompletionOptions['model'] }>({ model, ...options }: Named<O>) => {
    const snapshot = now()
    return once(async (): Promise<O> => {
      if (typeof model !== 'string') return { ...options, model } as unknown as O
      const { model: completer, defaults } = await snapshot.completer(model)
      return { ...defaults, ...options, model: completer } as unknown as O
    })
  }
  return {
    completeCode(given) {
      const options = ready<CompletionOptions>(given)
      return load().then(async ({ completeCode }) => completeCode(await options()))
    },
    streamCompletion(given) {
      const options = ready<CompletionOptions>(given)
      const open = once(async () => (await load()).streamCompletion(await options()))
      return Object.assign(lateStream(open), { textStream: lateIterable(async () => (await open()).textStream) })
    },
    completionSession(given) {
      const options = ready<SessionOptions>(given)
      const open = once(async () => (await load()).completionSession(await options()))
      return lateSession(open)
    },
  }
}

/** A session that is made with its first completion. */
function lateSession(open: () => Promise<CompletionSession>): CompletionSession {
  let session: CompletionSession | undefined
  let closed = false
  return {
    async complete(at) {
      const wasClosed = closed
      session = await open()
      if (!closed) return session.complete(at)
      session.close()
      return wasClosed ? session.complete(at) : undefined
    },
    close() {
      closed = true
      session?.close()
    },
  }
}
