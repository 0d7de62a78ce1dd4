import { AnyModelError } from '@anymodel/core'

/** Aborts when nothing happens for a while. */
export interface Watchdog {
  /** Aborted by the caller's signal, or with a `timeout` error. */
  readonly signal: AbortSignal
  /** Something happened. */
  touch(): void
  /** It is over: leaves no timer behind. */
  end(): void
}

/** Watches over one exchange with `host`, which may be silent for `patience` milliseconds. */
export function watchdog(host: string, patience: number, signal: AbortSignal): Watchdog {
  const controller = new AbortController()
  const timer = setTimeout(() => {
    const seconds = patience / 1_000
    controller.abort(
      new AnyModelError('timeout', `${host} has sent nothing for ${seconds} s. Try again: what came is kept.`, {
        clock: 'idle',
      }),
    )
  }, patience)
  return {
    signal: AbortSignal.any([signal, controller.signal]),
    touch: () => void timer.refresh(),
    end: () => clearTimeout(timer),
  }
}
