/** What a queue asks of the connection that fills it. */
export interface Tap {
  pause(): void
  resume(): void
  /** Drops the connection. */
  close(): void
}

const highWater = 256 * 1024

/**
 * The bytes of a body between the socket and one reader: bounded (a slow reader pauses the socket), read with `take` while bytes are here and with `next` when they are not.
 */
export class ByteQueue {
  readonly #tap: Tap
  /** Emptied, not replaced: an array that outlived a collection while it was empty would keep its last chunk from the next ones. */
  readonly #chunks: Uint8Array[] = []
  #bytes = 0
  #paused = false
  #ended = false
  #discard = false
  #failure: { readonly error: unknown } | undefined
  #arrival: Promise<void> | undefined
  #wake: (() => void) | undefined

  constructor(tap: Tap) {
    this.#tap = tap
  }

  push(chunk: Uint8Array): void {
    if (this.#discard || this.#ended) return
    this.#chunks.push(chunk)
    this.#bytes += chunk.byteLength
    if (this.#wake) this.#rouse()
    else if (this.#bytes > highWater && !this.#paused) {
      this.#paused = true
      this.#tap.pause()
    }
  }

  end(): void {
    this.#ended = true
    this.#rouse()
  }

  /** What came before the failure can still be read; then reading throws it. */
  fail(error: unknown): void {
    if (this.#ended) return
    this.#failure = { error }
    this.end()
  }

  /** All bytes that are already here, as one chunk: servers send many small ones, and every chunk has its price. */
  take(): Uint8Array | undefined {
    const chunks = this.#chunks
    if (chunks.length === 0) return undefined
    const all = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, this.#bytes)
    chunks.length = 0
    this.#bytes = 0
    if (this.#paused) {
      this.#paused = false
      this.#tap.resume()
    }
    return all
  }

  /** True when nothing will be added any more: what is here can still be taken. */
  get ended(): boolean {
    return this.#ended
  }

  /** Settles when there is something to take, or the body has ended. */
  more(): Promise<void> {
    if (this.#chunks.length > 0 || this.#ended) return Promise.resolve()
    this.#arrival ??= new Promise((resolve) => {
      this.#wake = resolve
    })
    return this.#arrival
  }

  /** The next chunk; `undefined` at the end of the body. Throws what broke the body. */
  async next(): Promise<Uint8Array | undefined> {
    for (;;) {
      const chunk = this.take()
      if (chunk) return chunk
      if (this.#failure) throw this.#failure.error
      if (this.#ended) return undefined
      await this.more()
    }
  }

  /** The whole body, at most `limit` bytes; more is cut off. */
  async bytes(limit: number): Promise<Uint8Array> {
    const chunks: Uint8Array[] = []
    let length = 0
    while (length < limit) {
      const chunk = await this.next()
      if (!chunk) return Buffer.concat(chunks)
      chunks.push(chunk)
      length += chunk.byteLength
    }
    this.close()
    return Buffer.concat(chunks).subarray(0, limit)
  }

  /** The reader needs no more. A body that ends within `grace` ms leaves its connection to the pool; a longer one is dropped. */
  finish(grace = 1_000): void {
    if (this.#ended) return
    this.#discard = true
    this.#chunks.length = 0
    if (this.#paused) this.#tap.resume()
    const timer = setTimeout(() => {
      if (!this.#ended) this.#tap.close()
    }, grace)
    timer.unref()
  }

  /** Drops the connection unless the body is over. */
  close(): void {
    this.#discard = true
    this.#chunks.length = 0
    if (!this.#ended) this.#tap.close()
  }

  #rouse(): void {
    const wake = this.#wake
    this.#wake = undefined
    this.#arrival = undefined
    wake?.()
  }
}
