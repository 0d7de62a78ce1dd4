import {
  AnyModelError,
  isAnyModelError,
  type Part,
  type PartIterator,
  type Partial,
  type SchemaSubset,
} from '@anymodel/core'
import { type ByteQueue, type Exchange, type Framing, framings, type HttpReply } from '@anymodel/core/http'
import { isWellTyped, tidyFinish } from './check-part.ts'
import type { Endpoint } from './endpoint.ts'
import { meaning, notInFormat } from './failure.ts'
import { open } from './open.ts'
import type { AnswerCall, AnswerFormat, Decoder, Target } from './protocol.ts'
import { bodyLimit, parse, readText } from './reply-text.ts'
import { Reported } from './reported.ts'
import { withoutSecrets } from './secrets.ts'

/** What rewrites schemas is loaded for calls that have some. */
async function narrowing(
  { output, tools }: AnswerCall,
  schemas: SchemaSubset | undefined,
): Promise<Pick<Target, 'narrow'>> {
  const wanted = output?.type === 'json-schema' || tools?.some((tool) => tool.type === 'function')
  return wanted && schemas ? { narrow: (await import('@anymodel/core/narrow')).narrowFor[schemas] } : {}
}

/** How long a stream may stay open after its answer has ended, for trailing usage. */
const settledGrace = 2_000

/** One answer on its way: the connection, the decoder, and the parts that are decoded but not yet taken. */
export class Answer<C extends AnswerCall> implements PartIterator {
  readonly #endpoint: Endpoint
  readonly #protocol: AnswerFormat<C>
  readonly #id: string
  readonly #call: C

  #queue: Part[] = []
  #at = 0
  #stage: 'new' | 'connecting' | 'waiting' | 'streaming' | 'over' = 'new'
  #failure: { readonly error: unknown } | undefined
  #exchange: Exchange | undefined
  #secrets: readonly string[] = []
  #body: ByteQueue | undefined
  #framing: Framing | undefined
  #decoder: Decoder | undefined
  /** The step under way: callers that do not wait for each other share it. */
  #step: Promise<void> | undefined
  #content = false
  #ended = false

  constructor(endpoint: Endpoint, protocol: AnswerFormat<C>, id: string, call: C) {
    this.#endpoint = endpoint
    this.#protocol = protocol
    this.#id = id
    this.#call = call
  }

  take(): Part | undefined {
    for (;;) {
      const part = this.#queue[this.#at]
      if (part) {
        this.#at++
        if (part.type === 'notice') return part
        if (part.type === 'finish') return tidyFinish(part, this.#id)
        if (isWellTyped(part)) {
          this.#content = true
          return part
        }
        this.#queue.length = this.#at
        this.#fail(new TypeError(`a ${part.type} part with values of the wrong type`))
      }
      if (this.#at > 0) {
        this.#queue.length = 0
        this.#at = 0
      }
      const chunk = this.#stage === 'streaming' ? this.#body?.take() : undefined
      if (!chunk) return undefined
      try {
        this.#feed(chunk)
      } catch (error) {
        this.#fail(error)
      }
    }
  }

  async next(): Promise<IteratorResult<Part, undefined>> {
    for (;;) {
      const part = this.take()
      if (part) return { done: false, value: part }
      if (this.#failure) {
        const { error } = this.#failure
        this.#failure = undefined
        throw error === this.#call.signal?.reason ? error : await this.#explain(error)
      }
      if (this.#stage === 'over') return { done: true, value: undefined }
      await (this.#arrival() ?? (this.#step ??= this.#takeStep()))
    }
  }

  /** In the middle of a stream only bytes are waited for, with one promise: a thousand slow streams hold a thousand waits at any time. */
  #arrival(): Promise<void> | undefined {
    const body = this.#stage === 'streaming' && !this.#decoder?.settled ? this.#body : undefined
    return body?.ended ? undefined : body?.more()
  }

  async return(): Promise<IteratorResult<Part, undefined>> {
    this.#close()
    return { done: true, value: undefined }
  }

  async #takeStep(): Promise<void> {
    try {
      await this.#advance()
    } catch (error) {
      this.#fail(error)
    } finally {
      this.#step = undefined
    }
  }

  /** One step towards more parts. */
  async #advance(): Promise<void> {
    switch (this.#stage) {
      case 'new': {
        const target = {
          provider: this.#endpoint.provider,
          model: this.#id,
          ...(await narrowing(this.#call, this.#protocol.schemas)),
        }
        const wire = this.#protocol.request(this.#call, target)
        for (const warning of wire.warnings)
          this.#queue.push({ type: 'notice', kind: 'warning', message: warning.message, warning })
        const { exchange, secrets } = await open(this.#endpoint, wire, this.#call)
        this.#exchange = exchange
        this.#secrets = secrets
        this.#stage = 'connecting'
        return
      }
      case 'connecting':
        await this.#exchange?.connected
        this.#stage = 'waiting'
        this.#notice('connected', 'The request was sent.')
        return
      case 'waiting':
        await this.#begin(await (this.#exchange as Exchange).reply)
        return
      case 'streaming':
        await this.#read()
    }
  }

  async #begin(reply: HttpReply): Promise<void> {
    this.#notice('headers', `The service answered with status ${reply.status}.`)
    this.#body = reply.body
    const { status, headers } = reply
    const context = { provider: this.#endpoint.provider, model: this.#id }
    if (status < 200 || status >= 300) {
      const body = parse(await readText(reply.body))
      throw await meaning({ ...context, status, headers, body }, this.#protocol.errorCodes)
    }
    this.#decoder = this.#protocol.decoder({ ...context, headers, out: this.#queue })
    const first = await reply.body.next()
    const framing = framingOf(headers['content-type'], first, this.#protocol.framing)
    if (framing) {
      this.#framing = (await framings[framing]())({
        event: (data, name) => this.#event(data, name),
        comment: () => this.#notice('alive', 'The service is still working.'),
      })
      this.#stage = 'streaming'
      this.#feed(first)
      return
    }
    const text = new TextDecoder().decode(Buffer.concat([first ?? new Uint8Array(), await reply.body.bytes(bodyLimit)]))
    const body = parse(text)
    if (typeof body !== 'object' || body === null) throw await this.#notJson(text, status, headers)
    this.#decoder.whole(body)
    this.#decoder.end(true)
    this.#finish()
  }

  async #read(): Promise<void> {
    const body = this.#body as ByteQueue
    const chunk = body.take() ?? (await (this.#decoder?.settled ? within(body.next(), settledGrace) : body.next()))
    this.#feed(chunk)
  }

  #feed(chunk: Uint8Array | undefined): void {
    if (chunk) return this.#framing?.feed(chunk)
    this.#ended = true
    this.#framing?.end()
    if (this.#stage === 'over') return
    this.#decoder?.end(false)
    this.#finish()
  }

  #event(data: string, name: string | undefined): void {
    if (this.#stage === 'over' || this.#failure) return
    if (data === '[DONE]') {
      try {
        this.#decoder?.end(true)
        this.#finish()
      } catch (error) {
        this.#fail(error)
      }
      return
    }
    let value: unknown
    try {
      value = JSON.parse(data)
    } catch {
      // Cut off in the middle by the end of the body: that is `truncated`, not `malformed`.
      if (!this.#ended) this.#skip(data)
      return
    }
    try {
      if (typeof value === 'object' && value !== null) this.#decoder?.event(value as never, name)
      else this.#skip(data)
    } catch (error) {
      this.#fail(error)
    }
  }

  #skip(data: string): void {
    const message = `An event of the stream was not JSON and was skipped: ${data.slice(0, 80)}`
    this.#queue.push({ type: 'notice', kind: 'warning', message, warning: { option: 'stream', message } })
  }

  #notice(kind: 'connected' | 'headers' | 'alive', message: string): void {
    this.#queue.push({ type: 'notice', kind, message })
  }

  #finish(): void {
    this.#stage = 'over'
    this.#body?.finish()
  }

  /** What was decoded before is delivered first. */
  #fail(error: unknown): void {
    this.#failure = { error: this.#call.signal?.aborted ? this.#call.signal.reason : error }
    this.#close()
  }

  #close(): void {
    this.#stage = 'over'
    this.#body?.close()
    this.#exchange?.close()
  }

  async #explain(thrown: unknown): Promise<unknown> {
    const error = thrown instanceof Reported ? await meaning(thrown.wire, this.#protocol.errorCodes) : thrown
    const context = { provider: this.#endpoint.provider, model: this.#id }
    const phase = this.#decoder ? (this.#hasContent() ? 'post-content' : 'pre-content') : undefined
    if (isAnyModelError(error))
      return this.#known(error.with({ ...context, phase: phase ?? error.phase, partial: this.#cost() }))
    // Before there is a decoder, only the caller's own functions (a key that is fetched) throw anything else.
    return this.#decoder ? notInFormat(error, { ...context, phase }) : error
  }

  #known(error: AnyModelError): AnyModelError {
    return withoutSecrets(this.#endpoint.failed?.(error, this.#secrets) ?? error, this.#secrets)
  }

  /** What is known of the price of an answer that broke off. */
  #cost(): Partial | undefined {
    const usage = this.#decoder?.usage
    return usage && { text: '', toolCalls: [], usage }
  }

  #hasContent(): boolean {
    return this.#content || this.#queue.some((part) => part.type !== 'notice')
  }

  async #notJson(text: string, status: number, headers: Readonly<Record<string, string>>): Promise<AnyModelError> {
    if (text.trim() === '')
      return new AnyModelError('truncated', `${this.#endpoint.provider}/${this.#id}: the answer is empty.`, { status })
    const error = await meaning({ provider: this.#endpoint.provider, model: this.#id, status, headers, body: text })
    return new AnyModelError('malformed', error.message, { status, requestId: error.requestId })
  }
}

/** The content type decides; where it says nothing useful, the first byte does: JSON begins with a bracket, HTML with `<`. */
function framingOf(
  contentType = '',
  first: Uint8Array | undefined,
  own: AnswerFormat<AnswerCall>['framing'],
): keyof typeof framings | undefined {
  if (contentType.includes('event-stream')) return 'sse'
  if (contentType.includes('html') || first === undefined) return undefined
  const start = new TextDecoder().decode(first.subarray(0, 64)).trimStart()
  if (/^(?:data|event|id|retry)?:/.test(start)) return 'sse'
  return start === '' || start[0] === '{' ? own : undefined
}

/** `undefined` when nothing comes in time. */
function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms)
  })
  return Promise.race([promise, timeout]).finally(() => clearTimeout(timer))
}
