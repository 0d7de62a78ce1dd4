import type { NoticePart, Warning } from '../contract/part.ts'
import { AnyModelError, type Partial } from '../errors.ts'
import { withPartial } from './answer.ts'

/** What a model of any kind says while it works; the last one has the type `finish`. */
type ModelEvent = { readonly type: string } | NoticePart

type Finish<E> = Extract<E, { readonly type: 'finish' }>

/** One request: who answers, and what is told on the way. */
export interface EventRun<E> {
  readonly model: { readonly provider: string; readonly id: string }
  /** Warnings that are known before the model is asked. */
  readonly warnings: readonly Warning[]
  ask(): AsyncIterable<E>
  /** Takes every event as it comes. A promise means: wait before the next one. */
  take(event: E): void | Promise<void>
  /** What had arrived, for errors. */
  partial?(): Partial
  readonly signal: AbortSignal | undefined
}

/** Reads a model's events to the last one; gives it and all warnings. Throws `truncated` when it does not come, and the signal's reason after an abort. */
export async function runEvents<E extends ModelEvent>(
  run: EventRun<E>,
): Promise<{ readonly finish: Finish<E>; readonly warnings: readonly Warning[] }> {
  const { model, take, signal } = run
  const warnings: Warning[] = []
  let finish: Finish<E> | undefined
  const partial = () => run.partial?.() ?? { text: '', toolCalls: [] }
  const notice = (event: ModelEvent): event is Extract<NoticePart, { kind: 'warning' }> =>
    event.type === 'notice' && (event as NoticePart).kind === 'warning'
  const told = async (event: E): Promise<void> => {
    if (notice(event)) warnings.push(event.warning)
    if (event.type === 'finish') finish = event as Finish<E>
    await take(event)
  }
  try {
    signal?.throwIfAborted()
    for (const warning of run.warnings)
      await told({ type: 'notice', kind: 'warning', message: warning.message, warning } as NoticePart as E)
    for await (const event of run.ask()) await told(event)
  } catch (error) {
    throw withPartial(error, signal, partial())
  }
  if (finish) return { finish, warnings }
  const { provider, id } = model
  throw new AnyModelError('truncated', `${provider}/${id}: the stream ended without saying that the answer did.`, {
    provider,
    model: id,
    partial: partial(),
  })
}
