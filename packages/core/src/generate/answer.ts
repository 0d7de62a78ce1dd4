import type { Attempt, FilePart, Part } from '../contract/part.ts'
import type { PartIterator, TextCall, TextModel } from '../contract/text.ts'
import { addUsage } from '../contract/usage.ts'
import { AnyModelError, isAnyModelError, type Partial } from '../errors.ts'
import { Collector } from '../stream/collect.ts'
import { type Fitted, fitTuning } from './fit-tuning.ts'

/** Takes the parts of an answer as they come. A promise means: wait before the next one. */
export type Emit = (part: Part) => void | Promise<void>

export interface Answer {
  readonly collected: Collector
  readonly attempts: readonly Attempt[]
}

/** Text alone is taken by every model: what else may be refused is loaded for calls that have it. */
const fitted = async (call: TextCall, model: TextModel): Promise<Fitted> =>
  call.tools || call.output || call.messages.some(({ content }) => typeof content !== 'string')
    ? (await import('./fit.ts')).fit(call, model)
    : fitTuning(call, model)

/** Asks a model once and reads the answer to its end. Every error that leaves here carries what had arrived in `partial`, after what `before` had delivered. */
export async function answer(model: TextModel, call: TextCall, emit: Emit, before?: Partial): Promise<Answer> {
  const collected = new Collector()
  let startedAt = Date.now()
  let firstContentMs: number | undefined
  const { call: sent, warnings, emulateStop } = await fitted(call, model)
  const take = (part: Part): void | Promise<void> => {
    if (part.type === 'notice') {
      // From here on it is the next attempt whose times are taken.
      if ('delayMs' in part) {
        startedAt = Date.now() + part.delayMs
        firstContentMs = undefined
      }
    } else firstContentMs ??= Date.now() - startedAt
    if (part.type === 'file') return takeFile(part)
    collected.add(part)
    return emit(part)
  }
  const takeFile = async (file: FilePart): Promise<void> => {
    const part = (await import('./answered-file.ts')).answeredFile(file)
    collected.add(part)
    return emit(part)
  }
  for (const warning of warnings) await take({ type: 'notice', kind: 'warning', message: warning.message, warning })
  const stream = model.stream(sent)
  const iterator: PartIterator = emulateStop
    ? (await import('../stream/stop.ts')).stopAt(stream, emulateStop)
    : stream[Symbol.asyncIterator]()
  try {
    for (;;) {
      let part = iterator.take?.()
      if (part === undefined) {
        const next = await iterator.next()
        if (next.done) break
        part = next.value
      }
      const pause = take(part)
      if (pause) await pause
    }
  } catch (error) {
    throw withPartial(error, call.signal, after(before, collected.partial()))
  } finally {
    await iterator.return?.()
  }
  const { finish } = collected
  const { provider, id } = model
  if (!finish) {
    const info = { provider, model: id, partial: after(before, collected.partial()) }
    throw new AnyModelError(
      'truncated',
      `${provider}/${id}: the stream ended without saying that the answer did.`,
      info,
    )
  }
  const attempt: Attempt = {
    provider: finish.response.provider,
    model: finish.response.model,
    startedAt,
    firstContentMs,
    durationMs: Date.now() - startedAt,
    outcome: 'ok',
    usage: finish.usage,
  }
  return { collected, attempts: [...collected.failed, attempt] }
}

const after = (before: Partial | undefined, partial: Partial): Partial =>
  before
    ? { ...partial, text: before.text + partial.text, usage: addUsage(before.usage ?? {}, partial.usage ?? {}) }
    : partial

/** An abort rejects with the signal's own reason, so `partial` is hung on that. */
export function withPartial(error: unknown, signal: AbortSignal | undefined, partial: Partial): unknown {
  if (signal?.aborted && error === signal.reason) {
    if (typeof error === 'object' && error !== null && Object.isExtensible(error)) {
      Object.defineProperty(error, 'partial', { value: partial, configurable: true, enumerable: false })
    }
    return error
  }
  if (!isAnyModelError(error)) return error
  // A model knows what the answer cost, its reader what came.
  const { text, usage } = error.partial ?? {}
  if (text) return error
  return error.with({ partial: usage ? { ...partial, usage: addUsage(partial.usage ?? {}, usage) } : partial })
}
