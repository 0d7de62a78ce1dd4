import { firstStop, heldBack } from '@anymodel/core/stop'

/** Watches a text for stop strings while it grows. */
export interface StopWatch {
  /** The text that is safe to show. */
  push(text: string): string
  /** True once a stop string was met; it and what follows are never shown. */
  readonly stopped: boolean
  /** What was held back, when the text has ended without a stop. */
  end(): string
}

/** Holds back only what could begin one of `stops`. */
export function stopWatch(stops: readonly string[]): StopWatch {
  let held = ''
  let stopped = false
  return {
    push(delta) {
      if (stops.length === 0 || delta === '') return delta
      const text = held + delta
      const at = firstStop(text, stops)
      stopped = at >= 0
      const shown = stopped ? at : text.length - heldBack(text, stops)
      held = stopped ? '' : text.slice(shown)
      return text.slice(0, shown)
    },
    get stopped() {
      return stopped
    },
    end: () => held,
  }
}
