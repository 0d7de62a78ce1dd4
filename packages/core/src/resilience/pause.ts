/** Waits; an abort of `signal` rejects with its reason at once, one of `left` ends the wait quietly. Leaves no timer and no listener behind. */
export function pause(ms: number, signal?: AbortSignal, left?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', aborted)
      left?.removeEventListener('abort', quit)
      act()
    }
    const aborted = settle(() => reject(signal?.reason))
    const quit = settle(resolve)
    const timer = setTimeout(quit, ms)
    signal?.addEventListener('abort', aborted, { once: true })
    left?.addEventListener('abort', quit, { once: true })
    if (signal?.aborted) aborted()
    else if (left?.aborted) quit()
  })
}
