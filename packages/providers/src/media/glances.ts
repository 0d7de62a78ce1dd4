import type { ImageEvent } from '@anymodel/core'

/** Where what is told comes from: `begin` starts the answer that is waited for, `look` waits a little and asks how far it is. */
export interface Glanced<Result> {
  readonly begin: (signal: AbortSignal) => AsyncGenerator<ImageEvent, Result>
  readonly look: (signal: AbortSignal) => Promise<readonly ImageEvent[]>
  readonly signal: AbortSignal | undefined
}

/** An answer, and between its events what a service tells about it at other addresses. A look that fails tells nothing. */
export async function* withGlances<Result>({
  begin,
  look,
  signal,
}: Glanced<Result>): AsyncGenerator<ImageEvent, Result> {
  const leaving = new AbortController()
  const either = signal ? AbortSignal.any([signal, leaving.signal]) : leaving.signal
  const main = begin(either)
  const glance = () => look(either).catch((): readonly ImageEvent[] => [])
  let answer = main.next()
  let events = glance()
  let reached = 0
  try {
    for (;;) {
      const won = await Promise.race([answer, ...(either.aborted ? [] : [events])])
      if (isStep(won)) {
        if (won.done) return won.value
        yield won.value
        answer = main.next()
        continue
      }
      for (const event of won) {
        if (event.type === 'progress' && event.fraction < reached) continue
        if (event.type === 'progress') reached = event.fraction
        yield event
      }
      events = glance()
    }
  } finally {
    leaving.abort()
    await Promise.allSettled([answer, events])
    await main.return(undefined as never)
  }
}

const isStep = <Result>(
  won: IteratorResult<ImageEvent, Result> | readonly ImageEvent[],
): won is IteratorResult<ImageEvent, Result> => !Array.isArray(won)
