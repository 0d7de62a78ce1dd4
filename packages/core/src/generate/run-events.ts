import type { Attempt, NoticePart, ResponseInfo, Warning } from '../contract/part.ts'
import type { Usage } from '../contract/usage.ts'
import { AnyModelError, type Partial } from '../errors.ts'
import { withPartial } from './answer.ts'

/** The last thing that a model of any kind says. */
interface Finish {
  readonly type: 'finish'
  readonly usage: Usage
  readonly response: ResponseInfo
}

/** One thing that a model says while it works. */
type ModelEvent = { readonly type: string } | NoticePart | Finish

/** One request: who answers, and what is told on the way. */
interface EventRun<E> {
  readonly model: { readonly provider: string; readonly id: string }
  /** Warnings that are known before the model is asked. */
  readonly warnings: readonly Warning[]
  ask(): AsyncIterable<E>
  /** Takes every event as it comes. A promise means: wait before the next one. */
  take(event: E): void | Promise<void>
  /** The text that had arrived, for errors. */
  text?(): string
  readonly signal: AbortSignal | undefined
}

/** What came of a request. */
interface Ran<E> {
  readonly finish: Extract<E, { readonly type: 'finish' }>
  readonly warnings: readonly Warning[]
  readonly attempts: readonly Attempt[]
}

/** Reads a model's events to the last one. Throws `truncated` when it does not come, and the signal's reason after an abort. */
export async function runEvents<E extends ModelEvent>(run: EventRun<E>): Promise<Ran<E>> {
  const { model, signal } = run
  const startedAt = Date.now()
  const warnings = [...run.warnings]
  const failed: Attempt[] = []
  let firstContentMs: number | undefined
  let finish: Ran<E>['finish'] | undefined
  const partial = (): Partial => ({ text: run.text?.() ?? '', toolCalls: [] })
  const note = (event: NoticePart): void => {
    if (event.kind === 'warning') warnings.push(event.warning)
    else if ('attempt' in event) failed.push(event.attempt)
  }
  try {
    signal?.throwIfAborted()
    for (const warning of run.warnings)
      await run.take({ type: 'notice', kind: 'warning', message: warning.message, warning } as NoticePart as E)
    for await (const event of run.ask()) {
      if (event.type === 'notice') note(event as NoticePart)
      else if (event.type === 'finish') finish = event as Ran<E>['finish']
      else if (event.type !== 'progress') firstContentMs ??= Date.now() - startedAt
      await run.take(event)
    }
  } catch (error) {
    throw withPartial(error, signal, partial())
  }
  const { provider, id } = model
  if (!finish)
    throw new AnyModelError('truncated', `${provider}/${id}: the stream ended without saying that the answer did.`, {
      provider,
      model: id,
      partial: partial(),
    })
  const { usage, response } = finish as Finish
  const { provider: by, model: name } = response
  const durationMs = Date.now() - startedAt
  const last: Attempt = { provider: by, model: name, startedAt, firstContentMs, durationMs, outcome: 'ok', usage }
  return { finish, warnings, attempts: [...failed, last] }
}
