import { AnyModelError, type ImageCall, type ImageEvent, isAnyModelError, type ResponseInfo } from '@anymodel/core'
import type { DownloadOptions, PollOptions } from '@anymodel/core/http'
import type { Endpoint } from '../endpoint.ts'
import { meaning, notInFormat } from '../failure.ts'
import type { ImageFormat } from '../protocol.ts'
import { parse, readText } from '../reply-text.ts'
import { Reported } from '../reported.ts'
import { requestId } from '../request-id.ts'
import { withoutSecrets } from '../secrets.ts'
import { fetchFile } from './fetch-file.ts'
import { withGlances } from './glances.ts'
import { type Look, lookAt } from './look.ts'
import { readEvents } from './read-events.ts'
import { runSteps } from './run-steps.ts'
import { sendAsk } from './send-ask.ts'
import type { Drawing, FirstAsk, StepContext } from './steps.ts'
import { numberTold, textTold, usageTold } from './told.ts'

/** How results are waited for and fetched. */
export interface MediaOptions {
  /** How often a job is looked at, and for how long. */
  readonly jobs?: PollOptions
  /** How files are fetched that the service gives as links. */
  readonly downloads?: DownloadOptions
}

/** Everything that a service says about one request for pictures. */
export async function* draw(
  endpoint: Endpoint,
  format: ImageFormat,
  call: ImageCall,
  { target, options }: { readonly target: StepContext<ImageCall>['target']; readonly options: MediaOptions },
): AsyncGenerator<ImageEvent, undefined> {
  call.signal?.throwIfAborted()
  const context = { target, call }
  const { warnings, ...ask } = format.request(call, target)
  for (const warning of warnings) yield { type: 'notice', kind: 'warning', message: warning.message, warning }
  const source = { endpoint, format, context, jobs: options.jobs }
  const look = lookAt(source)
  const drawing = look
    ? glanced(source, ask, look)
    : call.previews && format.stream
      ? streamed(source, ask)
      : stepped(source, ask)
  const answered = yield* drawing
  yield* delivered(endpoint, format, answered, { call, target, options })
  return undefined
}

interface Source {
  readonly endpoint: Endpoint
  readonly format: ImageFormat
  readonly context: StepContext<ImageCall>
  readonly jobs: PollOptions | undefined
}

interface Answered {
  readonly drawing: Drawing
  readonly headers: Readonly<Record<string, string>>
}

type Ask = Omit<FirstAsk, 'warnings'>

async function* stepped(source: Source, ask: Ask): AsyncGenerator<ImageEvent, Answered> {
  for await (const event of runSteps(source, ask)) {
    if (event.type === 'headers') yield answeredWith(event.status)
    else if (event.type === 'waiting') yield waiting(event.progress)
    else return { drawing: event.result, headers: event.headers }
  }
  throw new AnyModelError('truncated', 'The job ended without a result.')
}

/** The same where the service tells at other addresses how far it is. */
const glanced = (source: Source, ask: Ask, look: Look): AsyncGenerator<ImageEvent, Answered> =>
  withGlances({
    signal: source.context.call.signal,
    begin(signal) {
      const context = { ...source.context, call: { ...source.context.call, signal } }
      return stepped({ ...source, context }, ask)
    },
    look,
  })

const answeredWith = (status: number): ImageEvent => ({
  type: 'notice',
  kind: 'headers',
  message: `The service answered with status ${status}.`,
})

const waiting = (progress: number | undefined): ImageEvent =>
  progress === undefined
    ? { type: 'notice', kind: 'alive', message: 'The service is still working.' }
    : { type: 'progress', fraction: Math.min(1, Math.max(0, progress)) }

/** A service that shows pictures on the way answers with a stream of events, or, where it does not care, with a whole body. */
async function* streamed({ endpoint, format, context }: Source, ask: Ask): AsyncGenerator<ImageEvent, Answered> {
  const { call, target } = context
  const { reply, secrets } = await sendAsk(endpoint, ask, call, { first: true, hosts: format.hosts })
  const { status, headers, body } = reply
  try {
    yield answeredWith(status)
    if (status < 200 || status >= 300) {
      const text = new TextDecoder().decode(await body.bytes(1_000_000))
      throw await meaning({ ...target, status, headers, body: parse(text) }, format.errorCodes)
    }
    if (/json/.test(headers['content-type'] ?? '')) {
      const step = format.read({ status, headers, body: parse(await readText(body)), asked: ask }, context)
      if (step.type !== 'done') throw new TypeError('no end')
      return { drawing: step.result, headers }
    }
    const decoder = format.stream?.(context)
    if (!decoder) throw new TypeError('no stream')
    for await (const { value, name } of readEvents(body)) {
      const preview = decoder.event(value, name)
      if (preview) yield { type: 'preview', ...preview }
    }
    return { drawing: decoder.end(), headers }
  } catch (thrown) {
    if (call.signal?.aborted) throw call.signal.reason
    const error = thrown instanceof Reported ? await meaning(thrown.wire, format.errorCodes) : thrown
    if (!isAnyModelError(error)) throw await notInFormat(error, target)
    const known = withoutSecrets(error.with(target), secrets)
    throw endpoint.failed?.(known, secrets) ?? known
  } finally {
    body.close()
  }
}

/** Fetches the pictures, and says them and the end. */
async function* delivered(
  endpoint: Endpoint,
  format: ImageFormat,
  { drawing, headers }: Answered,
  { call, target, options }: { call: ImageCall; target: StepContext<ImageCall>['target']; options: MediaOptions },
): AsyncGenerator<ImageEvent, undefined> {
  const { images, filtered, details } = drawing
  if (images.length === 0) throw withheld(target, filtered)
  if (filtered !== undefined) {
    const message = `${target.provider}/${target.model} held pictures back: ${filtered}`
    yield { type: 'notice', kind: 'warning', message, warning: { option: 'n', message } }
  }
  const settings = { downloads: options.downloads, hosts: format.hosts, signal: call.signal }
  const fetched = await Promise.all(
    images.slice(0, call.count).map(({ media }) => fetchFile(endpoint, media, settings, options.jobs)),
  ).catch((error: unknown) => {
    throw isAnyModelError(error) ? error.with(target) : error
  })
  for (const [index, { data, mediaType = 'application/octet-stream' }] of fetched.entries()) {
    const seed = numberTold(images[index]?.seed)
    const revisedPrompt = textTold(images[index]?.revisedPrompt)
    const known = { ...(seed !== undefined && { seed }), ...(revisedPrompt !== undefined && { revisedPrompt }) }
    yield { type: 'image', index, mediaType, data, ...known }
  }
  const id = requestId(headers)
  const response: ResponseInfo = {
    ...target,
    model: textTold(drawing.model) ?? target.model,
    headers,
    ...(typeof drawing.id === 'string' && { id: drawing.id }),
    ...(id !== undefined && { requestId: id }),
    ...(details && { details }),
  }
  yield { type: 'finish', usage: usageTold(drawing.usage), response }
}

const withheld = (target: StepContext<ImageCall>['target'], reason: string | undefined): AnyModelError =>
  reason === undefined
    ? new AnyModelError('malformed', `${target.provider}/${target.model}: the answer has no picture.`, target)
    : new AnyModelError('content-filter', `${target.provider}/${target.model} held the picture back: ${reason}`, target)
