/** Runs `count` pieces of work, so many at once, as long as there is `more` to do. One that rejects ends it: the others are waited for, then it rejects with the first error. */
export async function inTurns(
  count: number,
  concurrency: number,
  work: (index: number) => Promise<void>,
  more: () => boolean = () => true,
): Promise<void> {
  let next = 0
  let failure: { readonly error: unknown } | undefined
  const lane = async () => {
    while (next < count && failure === undefined && more()) {
      try {
        await work(next++)
      } catch (error) {
        failure ??= { error }
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(count, concurrency) }, lane))
  if (failure) throw failure.error
}
