/** The result, or the signal's reason as soon as it aborts; what is under way then ends unheard. */
export function abortable<T>(result: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return result
  return new Promise((resolve, reject) => {
    const aborted = () => reject(signal.reason)
    signal.addEventListener('abort', aborted, { once: true })
    if (signal.aborted) aborted()
    result.then(resolve, reject).finally(() => signal.removeEventListener('abort', aborted))
  })
}
