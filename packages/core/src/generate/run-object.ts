import type { Message } from '../contract/message.ts'
import type { Attempt, FinishPart, Part, Warning } from '../contract/part.ts'
import type { OutputMode, TextModel } from '../contract/text.ts'
import { addUsage, type Usage } from '../contract/usage.ts'
import { AnyModelError, type ErrorCode, isAnyModelError } from '../errors.ts'
import type { Issue } from '../schema/standard-schema.ts'
import type { Collector } from '../stream/collect.ts'
import { type Answer, answer, type Emit } from './answer.ts'
import { modelOf } from './check-options.ts'
import { readDocument } from './object-document.ts'
import { asContent, asText, correction, documentText, ladder, toAsked, type Wanted } from './object-mode.ts'
import type { ObjectOptions, ObjectResult } from './object-options.ts'
import type { Target } from './object-target.ts'
import { answerOpenCalls } from './open-calls.ts'
import type { TextOptions } from './options.ts'
import { toMessages } from './prompt.ts'
import { toCall } from './run.ts'

export { toTarget } from './object-target.ts'

/** One call: what is asked, of whom, and what came of it so far. */
interface Job {
  readonly model: TextModel
  readonly options: ObjectOptions
  readonly target: Target
  readonly wanted: Wanted
  readonly messages: readonly Message[]
  readonly emit: Emit
}

/** Asks for an object until it fits. `emit` gets the parts of every answer, the document as text; a `reask` notice stands between them. */
export async function runObject(options: ObjectOptions, target: Target, emit: Emit): Promise<ObjectResult<unknown>> {
  const model = await modelOf(options)
  const { name = 'answer', description, reasks = 2, signal } = options
  if (!/^[\w-]{1,64}$/.test(name)) throw invalid(`name must be 1 to 64 letters, digits, _ or -, not "${name}".`)
  if (!(Number.isInteger(reasks) && reasks >= 0 && reasks <= 10))
    throw invalid(`reasks must be a whole number from 0 to 10, not ${String(reasks)}.`)
  signal?.throwIfAborted()
  const modes = ladder(model, options.mode)
  const messages = await toMessages(options, model.supports)
  const job: Job = { model, options, target, wanted: { schema: target.schema, name, description }, messages, emit }
  for (const mode of modes.slice(0, -1)) {
    try {
      return await ask(job, mode)
    } catch (error) {
      // Nothing was sent: the service can't say this schema this way.
      if (!isAnyModelError(error) || error.code !== 'unsupported') throw error
    }
  }
  return ask(job, modes.at(-1) as OutputMode)
}

const invalid = (message: string): AnyModelError => new AnyModelError('invalid-argument', message)

/** What the answers so far add up to. */
interface Tally {
  usage: Usage
  readonly attempts: Attempt[]
  /** By their words: every re-ask gives the same ones again. */
  readonly warnings: Map<string, Warning>
}

async function ask(job: Job, mode: OutputMode): Promise<ObjectResult<unknown>> {
  const tally: Tally = { usage: {}, attempts: [], warnings: new Map() }
  let wrong: readonly Message[] = []
  for (let reasks = 0; ; reasks++) {
    const answered = await askOnce(job, mode, wrong, tally)
    const { collected } = answered
    const finish = collected.finish as FinishPart
    const text = documentText(collected, job.wanted)
    const partial = { ...collected.partial(), usage: tally.usage }
    if (finish.reason === 'content-filter' || finish.reason === 'refusal') throw declined(finish, text, partial)
    const checked = await readDocument(text, job.target.check)
    if (!checked.issues) {
      tally.attempts.push(...answered.attempts)
      return { ...toResult(job, collected, finish, tally), object: checked.value, text, reasks, mode }
    }
    if (finish.reason === 'length' || reasks === (job.options.reasks ?? 2))
      throw unfit(finish, checked.issues, reasks, partial)
    tally.attempts.push(...failed(answered, checked.issues))
    wrong = correction(collected, checked.issues)
    await job.emit(reaskNotice(checked.issues))
  }
}

/** Asks with the conversation, and with what was wrong with the answer before. */
async function askOnce(job: Job, mode: OutputMode, wrong: readonly Message[], tally: Tally): Promise<Answer> {
  const { options, wanted, messages, emit } = job
  const { tools = [], ...asked } = toAsked(mode, wanted, job.model, options.system)
  const call = toCall({ ...options, ...asked } as TextOptions, answerOpenCalls([...messages, ...wrong]), tools)
  const before = wrong.length > 0 ? { text: '', toolCalls: [], usage: tally.usage } : undefined
  const answered = await answer(job.model, call, asText(emit, wanted), before)
  const { finish, warnings } = answered.collected
  tally.usage = addUsage(tally.usage, finish?.usage ?? {})
  for (const warning of warnings) tally.warnings.set(`${warning.option} ${warning.message}`, warning)
  return answered
}

const toResult = (job: Job, { reasoning, content }: Collector, finish: FinishPart, tally: Tally) => ({
  reasoning,
  finishReason: finish.reason === 'tool-calls' ? ('stop' as const) : finish.reason,
  usage: tally.usage,
  warnings: [...tally.warnings.values()],
  attempts: tally.attempts,
  messages: [...job.messages, { role: 'assistant', content: asContent(content) } as const],
  response: finish.response,
})

const reaskNotice = (issues: readonly Issue[]): Part => ({
  type: 'notice',
  kind: 'reask',
  message: `The answer does not fit the schema (${words(issues)}): the model is asked again.`,
  issues,
})

/** The last attempt answered, but not what was asked for. */
const failed = ({ attempts }: Answer, issues: readonly Issue[]): readonly Attempt[] =>
  attempts.map((attempt, index) =>
    index < attempts.length - 1 ? attempt : { ...attempt, outcome: 'invalid-output', error: words(issues) },
  )

const words = (issues: readonly Issue[]): string =>
  issues
    .slice(0, 3)
    .map(({ path, message }) => (path === '' ? message : `${path} ${message}`))
    .join('; ')

type Partial = ReturnType<Collector['partial']>

function failure(
  code: ErrorCode,
  message: string,
  { response }: FinishPart,
  partial: Partial,
  issues?: readonly Issue[],
) {
  const { provider, model, requestId } = response
  return new AnyModelError(code, message, { provider, model, requestId, partial, issues, phase: 'post-content' })
}

function declined(finish: FinishPart, text: string, partial: Partial): AnyModelError {
  const said = text === '' ? '.' : `: ${text.slice(0, 300)}`
  const message =
    finish.reason === 'refusal'
      ? `The model declined to answer${said}`
      : `The service's filter blocked the answer${said}`
  return failure('content-filter', message, finish, partial)
}

function unfit(finish: FinishPart, issues: readonly Issue[], reasks: number, partial: Partial): AnyModelError {
  const message =
    finish.reason === 'length'
      ? 'The answer was cut at the token limit before the object was whole. Raise maxTokens, or ask for less.'
      : `The answer does not fit the schema${reasks > 0 ? `, also after asking again ${reasks} times` : ''}: ${words(issues)}.`
  return failure('invalid-output', message, finish, partial, issues)
}
