import {
  AnyModelError,
  type CodeCall,
  type CodeFile,
  type CodeKnob,
  type CodeModel,
  type CodePrompt,
  type Knob,
  type Part,
  streamText,
  type TextModel,
  type Warning,
} from '@anymodel/core'
import { fitKnobs, promptText } from '@anymodel/core/verb'
import { hashComments } from './brackets.ts'
import { cutToBudget, filesInBudget } from './budget.ts'
import { type FillFamily, fillFamilyOf } from './families.ts'
import { HoleAnswer, holeMessages } from './hole.ts'
import { languageOf } from './language.ts'
import type { CompletionModel, CompletionOptions } from './options.ts'
import { type Gap, toPrompt } from './prompt.ts'

/** A model, ready to be asked. */
export interface Asked {
  /** Asks it. */
  parts(): AsyncIterable<Part>
  readonly language: string | undefined
  /** Texts that end the completion, the family's own among them. */
  readonly stop: readonly string[]
  readonly warnings: readonly Warning[]
  /** Finds the completion in the answer, where that is more than the completion. */
  readonly answer?: HoleAnswer
  readonly echoes?: boolean
}

const defaults = { maxInput: 12_000, maxContext: 12_000, maxTokens: 256, temperature: 0 } as const

/** `stop` is not among them: what the model does not honour is cut here. */
const knobs: readonly CodeKnob[] = ['maxTokens', 'temperature', 'topP', 'seed']

/** Decides how a model is asked: by its own fields, by its family's template, or in a chat. */
export function ask(model: CompletionModel, options: CompletionOptions): Asked {
  const { path, maxInput = defaults.maxInput, maxContext = defaults.maxContext, context = [] } = options
  const around = cutToBudget(options.prefix, options.suffix ?? '', maxInput)
  const files = filesInBudget(context, maxContext)
  const gap: Gap = { ...around, path, language: options.language ?? languageOf(path), context: files }
  const warnings = context.filter((file) => !files.includes(file)).map(leftOut)
  return 'fill' in model ? askCode(model, options, gap, warnings) : askText(model, options, gap, warnings)
}

const leftOut = ({ path }: CodeFile): Warning => ({
  option: 'context',
  message: `${path} was left out: it does not fit into maxContext.`,
})

function askCode(model: CodeModel, options: CompletionOptions, gap: Gap, warnings: readonly Warning[]): Asked {
  const { provider, id, supports } = model
  const asPrompt = supports.input === 'prompt'
  const family = options.family ?? fillFamilyOf(id)
  if (asPrompt && !family && gap.suffix !== '')
    throw new AnyModelError(
      'unsupported',
      `${provider}/${id} reads one prompt, and its id tells no family whose template could hold a suffix. Pass family, or a model whose service takes a suffix.`,
      { provider, model: id },
    )
  const known = asPrompt ? family?.files !== undefined : supports.context === true
  const told = known ? { gap, warnings: [] } : withoutContext(gap, options, model)
  const prompt: CodePrompt | undefined = asPrompt
    ? family
      ? toPrompt(family, told.gap)
      : { pieces: [{ type: 'text', text: told.gap.prefix }], markers: [] }
    : undefined
  const ownStop = prompt ? [...prompt.markers, ...(family?.stop ?? [])] : []
  const stop = [...(options.stop ?? []), ...ownStop]
  const { prefix, suffix, language, path, context = [] } = told.gap
  const { onUnsupported, headers, extra, signal, topP, seed } = options
  const asked: CodeCall = {
    prefix,
    suffix,
    ...(prompt ? { prompt } : {}),
    ...(language === undefined ? {} : { language }),
    ...(path === undefined ? {} : { path }),
    ...(known && context.length > 0 ? { context } : {}),
    ...(supports.knobs?.includes('stop') && stop.length > 0 ? { stop } : {}),
    ...pick({ onUnsupported, headers, extra, signal, topP, seed }),
    ...limits(options, supports.knobs),
  }
  const { call, warnings: missing } = fitKnobs(asked, knobs, model)
  return { parts: () => model.fill(call), language, stop, warnings: [...warnings, ...told.warnings, ...missing] }
}

/** A gap without its other files, for models that read none: left out with a warning, refused, or written into the prefix as comments. */
function withoutContext(
  gap: Gap,
  { onUnsupported }: CompletionOptions,
  { provider, id }: CompletionModel,
): { readonly gap: Gap; readonly warnings: readonly Warning[] } {
  if (!gap.context?.length) return { gap, warnings: [] }
  if (onUnsupported === 'error')
    throw new AnyModelError(
      'unsupported',
      `${provider}/${id} reads no other files. Leave context out, or set onUnsupported.`,
      { provider, model: id },
    )
  if (onUnsupported === 'emulate')
    return { gap: { ...gap, prefix: asComments(gap.context, gap.language) + gap.prefix, context: [] }, warnings: [] }
  const message = `${provider}/${id} reads no other files: context was left out. onUnsupported: 'emulate' writes them into the prefix as comments.`
  return { gap: { ...gap, context: [] }, warnings: [{ option: 'context', message }] }
}

function asComments(files: readonly CodeFile[], language: string | undefined): string {
  const sign = hashComments(language) ? '#' : '//'
  return files
    .flatMap(({ path, text }) => [`Path: ${path}`, ...text.split('\n')])
    .map((line) => `${sign} ${line}\n`)
    .join('')
}

function askText(model: TextModel, options: CompletionOptions, gap: Gap, warnings: readonly Warning[]): Asked {
  const { onUnsupported, headers, extra, signal, topP, seed } = options
  const tuning = {
    ...pick({ onUnsupported, headers, extra, signal, topP, seed, reasoning: options.reasoning }),
    ...limits(options, model.supports.knobs),
  }
  const { language } = gap
  const stop = options.stop ?? []
  const family = options.family ?? inChat(model.id)
  if (family) {
    const written = toPrompt(family, gap)
    const own = [...written.markers, ...family.stop]
    const prompt = promptText(written)
    // The markers are cut here: services take four stop texts and no more.
    return { parts: () => streamText({ ...tuning, model, prompt }), language, stop: [...stop, ...own], warnings }
  }
  const { system, messages, stop: closing } = holeMessages(gap)
  return {
    parts: () =>
      streamText({
        ...tuning,
        model,
        system,
        messages,
        ...(model.supports.knobs?.includes('stop') ? { stop: closing } : {}),
      }),
    language,
    stop: [...stop, ...closing],
    warnings,
    answer: new HoleAnswer(),
    echoes: true,
  }
}

/** What was asked for, and defaults where the model honours them: what nobody asked for is not missed. */
function limits(
  { maxTokens, temperature }: CompletionOptions,
  honoured: readonly Knob[] = [],
): Pick<CodeCall, 'maxTokens' | 'temperature'> {
  const fallback = (knob: 'maxTokens' | 'temperature') => (honoured.includes(knob) ? defaults[knob] : undefined)
  return pick({
    maxTokens: maxTokens ?? fallback('maxTokens'),
    temperature: temperature ?? fallback('temperature'),
  })
}

const inChat = (id: string): FillFamily | undefined => {
  const family = fillFamilyOf(id)
  return family?.chat?.test(id) ? family : undefined
}

/** Without what is not given. */
function pick<T extends object>(given: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
}
