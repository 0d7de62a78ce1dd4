/** A stream that has its result when it is over. */
export interface ResultStream<E, R> extends AsyncIterable<E> {
  readonly result: Promise<R>
}

/** A stream that is opened when somebody reads it, once for all readers. */
export function lateStream<E, R>(open: () => Promise<ResultStream<E, R>>): ResultStream<E, R> {
  return {
    get result() {
      return open().then(({ result }) => result)
    },
    [Symbol.asyncIterator]: lateIterable(open)[Symbol.asyncIterator],
  }
}

/** What is iterated over when it is there. Leaving it leaves what is inside, also while that is waited for. */
export const lateIterable = <E>(open: () => Promise<AsyncIterable<E>>): AsyncIterable<E> => ({
  [Symbol.asyncIterator]() {
    let inner: Promise<AsyncIterator<E>> | undefined
    return {
      next() {
        inner ??= open().then((stream) => stream[Symbol.asyncIterator]())
        return inner.then((iterator) => iterator.next())
      },
      async return() {
        await inner?.then((iterator) => iterator.return?.())
        return { done: true, value: undefined }
      },
    }
  },
})

/** A function that is run by its first caller; all get what that gives. */
export function once<T>(run: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined
  return () => {
    running ??= run()
    return running
  }
}
