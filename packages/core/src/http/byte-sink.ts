import type { ByteQueue } from './byte-queue.ts'

/** Where the bytes of a body go. One that decompresses makes more of them than it gets: pausing the connection alone would not bound the memory. */
export interface ByteSink {
  write(chunk: Uint8Array): void
  end(): void
  pause(): void
  resume(): void
  /** What is still inside is not wanted any more. */
  close(): void
}

/** What to write a body's bytes to so that `body` receives them decompressed. */
export function sinkFor(encoding: string | string[] | undefined, body: ByteQueue): ByteSink {
  if (encoding) return new Later(import('./decompress.ts').then(({ decompressor }) => decompressor(encoding, body)))
  return { write: (chunk) => body.push(chunk), end: () => body.end(), pause() {}, resume() {}, close() {} }
}

/** What decompresses is loaded when a compressed body comes; what is asked of it before that waits. */
class Later implements ByteSink {
  #sink: ByteSink | undefined
  #early: ((sink: ByteSink) => void)[] = []

  constructor(loading: Promise<ByteSink>) {
    void loading.then((sink) => {
      this.#sink = sink
      for (const ask of this.#early) ask(sink)
    })
  }

  #ask(ask: (sink: ByteSink) => void): void {
    if (this.#sink) ask(this.#sink)
    else this.#early.push(ask)
  }

  write(chunk: Uint8Array): void {
    this.#ask((sink) => sink.write(chunk))
  }

  end(): void {
    this.#ask((sink) => sink.end())
  }

  pause(): void {
    this.#ask((sink) => sink.pause())
  }

  resume(): void {
    this.#ask((sink) => sink.resume())
  }

  close(): void {
    this.#ask((sink) => sink.close())
  }
}
