import type { Part } from '../contract/part.ts'
import { type NodeResponse, pipeTo, type RespondOptions, toResponse } from '../stream/respond.ts'
import { mergeParts } from '../stream/share.ts'
import { SharedRun, textOf } from '../stream/shared-run.ts'
import type { Tools } from '../tool/tool.ts'
import type { TextOptions } from './options.ts'
import type { TextResult } from './result.ts'
import { run } from './run.ts'

/** An answer on its way. Nothing is sent before somebody reads; any number of readers may, each gets everything. */
export interface TextStream<T extends Tools = Tools> extends AsyncIterable<Part> {
  /** The text, fragment by fragment, of all steps. */
  readonly textStream: AsyncIterable<string>
  /** What `generateText` would have returned. Reading it runs the answer to its end. */
  readonly result: Promise<TextResult<T>>
  /** A web `Response` for your own handler (Hono, Next, Bun, workers). A client that leaves closes the model's connection. */
  toResponse(options?: RespondOptions): Response
  /** Writes the answer to a `node:http` response (Express; Fastify's `reply.raw`), waiting for slow clients. Settles when it is written or the client is gone. */
  pipeTo(response: NodeResponse, options?: RespondOptions): Promise<void>
}

/**
 * Asks a model for text and hands it over while it is written.
 *
 * Returns at once. Leaving the only `for await` closes the connection; `signal` does so for all readers, who then get `signal.reason`.
 */
export function streamText<const T extends Tools>(options: TextOptions<T>): TextStream<T> {
  return new StreamedText(options)
}

class StreamedText<T extends Tools> implements TextStream<T> {
  readonly #run: SharedRun<TextResult<T>>

  constructor(options: TextOptions<T>) {
    this.#run = new SharedRun(
      async (emit, signal) => {
        const result = await run({ ...options, delivery: 'stream', signal } as unknown as TextOptions, emit)
        return result as unknown as TextResult<T>
      },
      options?.signal,
      mergeParts,
    )
  }

  get result(): Promise<TextResult<T>> {
    return this.#run.result
  }

  get textStream(): AsyncIterable<string> {
    return { [Symbol.asyncIterator]: () => this.#run.read(textOf) }
  }

  [Symbol.asyncIterator](): AsyncIterator<Part> {
    return this.#run.read()
  }

  toResponse(options?: RespondOptions): Response {
    return toResponse(this.#run.read(), options)
  }

  pipeTo(response: NodeResponse, options?: RespondOptions): Promise<void> {
    return pipeTo(this.#run.read(), response, options)
  }
}
