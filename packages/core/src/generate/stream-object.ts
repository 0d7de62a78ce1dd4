import type { Part } from '../contract/part.ts'
import { AnyModelError } from '../errors.ts'
import type { Infer, InferInput, Schema } from '../schema/standard-schema.ts'
import { begunAnew } from '../stream/begun-anew.ts'
import { PartialJson } from '../stream/partial-json.ts'
import { type NodeResponse, pipeTo, type RespondOptions, toResponse } from '../stream/respond.ts'
import { mergeParts, type SharedReader } from '../stream/share.ts'
import { SharedRun } from '../stream/shared-run.ts'
import type { DeepPartial, ObjectOptions, ObjectResult, ObjectTarget } from './object-options.ts'
import type { Target } from './object-target.ts'

/**
 * An object on its way. Nothing is sent before somebody reads; any number of readers may, each gets everything.
 *
 * When the answer turns out not to fit, the model is asked again: a `reask` notice stands among the parts, and `partialStream` begins anew with the next answer.
 */
export interface ObjectStream<T, P = DeepPartial<T>> extends AsyncIterable<Part> {
  /**
   * The value so far, each time that more of it came; unchecked, before defaults and transformations. A reader gets one growing value, not copies: `structuredClone` it to keep a state. A slow
   * reader skips states.
   */
  readonly partialStream: AsyncIterable<P>
  /** What `generateObject` would have returned. Reading it runs the answer to its end. */
  readonly result: Promise<ObjectResult<T>>
  /** A web `Response`, as of `streamText`; the text is the JSON. */
  toResponse(options?: RespondOptions): Response
  /** Writes the answer to a `node:http` response, as that of `streamText` does. */
  pipeTo(response: NodeResponse, options?: RespondOptions): Promise<void>
}

/** A list on its way. */
export interface ArrayStream<T, P = DeepPartial<T>> extends ObjectStream<T[], P[]> {
  /**
   * The elements, each when it is whole and fits the schema. Every position comes once: after a re-ask it goes on with the first element that was not handed out. `result` has the list as it
   * finally is.
   */
  readonly elementStream: AsyncIterable<T>
}

/**
 * Asks a model for a value that fits a schema and hands it over while it is written. Takes what `generateObject` takes.
 *
 * Returns at once. Leaving the only `for await` closes the connection; `signal` does so for all readers, who then get `signal.reason`.
 */
export function streamObject<const S extends Schema>(
  options: ObjectOptions & { readonly schema: S },
): ObjectStream<Infer<S>, DeepPartial<InferInput<S>>>
export function streamObject<const S extends Schema>(
  options: ObjectOptions & { readonly array: S },
): ArrayStream<Infer<S>, DeepPartial<InferInput<S>>>
export function streamObject<const C extends string>(
  options: ObjectOptions & { readonly choice: readonly C[] },
): ObjectStream<C, C>
export function streamObject(options: ObjectOptions & ObjectTarget): ObjectStream<unknown, unknown> {
  return new StreamedObject(options)
}

class StreamedObject implements ArrayStream<unknown, unknown> {
  readonly #run: SharedRun<ObjectResult<unknown[]>>
  #target: Promise<Target> | undefined

  constructor({ schema, array, choice, ...options }: ObjectOptions & ObjectTarget) {
    this.#run = new SharedRun(
      async (emit, signal) => {
        const { runObject, toTarget } = await import('./run-object.ts')
        this.#target = toTarget({ schema, array, choice } as ObjectTarget)
        const target = await this.#target
        const result = await runObject({ ...options, delivery: 'stream', signal }, target, emit)
        return result as ObjectResult<unknown[]>
      },
      options.signal,
      mergeParts,
    )
  }

  get result(): Promise<ObjectResult<unknown[]>> {
    return this.#run.result
  }

  get partialStream(): AsyncIterable<unknown[]> {
    return { [Symbol.asyncIterator]: () => this.#partials() as AsyncIterator<unknown[]> }
  }

  get elementStream(): AsyncIterable<unknown> {
    return { [Symbol.asyncIterator]: () => this.#elements() }
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

  async *#partials(): AsyncGenerator<unknown, undefined, undefined> {
    for await (const document of documents(this.#run.read())) {
      const value = (await (this.#target as Promise<Target>)).view(document.value)
      if (value !== undefined) yield value
    }
    return undefined
  }

  async *#elements(): AsyncGenerator<unknown, undefined, undefined> {
    let given = 0
    let doubtful: PartialJson | undefined
    const onReset = () => {
      if (given > 0) throw begunAnew()
    }
    for await (const document of documents(this.#run.read(), onReset)) {
      const { view, checkElement } = await (this.#target as Promise<Target>)
      if (!checkElement)
        throw new AnyModelError(
          'invalid-argument',
          'elementStream needs a list: pass array instead of schema or choice.',
        )
      const list = view(document.value)
      if (!Array.isArray(list) || document === doubtful) continue
      while (given < document.finished(list) && document !== doubtful) {
        const checked = await checkElement(list[given])
        if (checked.issues) doubtful = document
        else {
          given++
          yield checked.value
        }
      }
    }
    yield* (await this.result).object.slice(given)
    return undefined
  }
}

/** The document of an answer, each time that more of it came; a new one after a re-ask, and when the answer begins anew: `onReset` may refuse that. */
async function* documents(
  parts: SharedReader,
  onReset: () => void = () => {},
): AsyncGenerator<PartialJson, undefined, undefined> {
  let document = new PartialJson({ seek: true })
  const read = (part: Part): boolean => {
    if (part.type === 'notice' && part.kind === 'reset') onReset()
    if (part.type === 'text') document.push(part.text)
    else if (part.type === 'notice' && (part.kind === 'reask' || part.kind === 'reset'))
      document = new PartialJson({ seek: true })
    return part.type === 'text' && document.value !== undefined
  }
  try {
    for (let next = await parts.next(); !next.done; next = await parts.next()) {
      let changed = read(next.value)
      for (let part = parts.take(); part; part = parts.take()) changed = read(part) || changed
      if (changed) yield document
    }
    return undefined
  } finally {
    await parts.return()
  }
}
