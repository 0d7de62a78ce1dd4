import { AnyModelError, type TranscriptionCall, type TranscriptionEvent } from '@anymodel/core'
import type { HttpReply } from '@anymodel/core/http'
import type { Target, TranscriptionFormat } from '../protocol.ts'
import { parse, readText } from '../reply-text.ts'
import { readEvents } from './read-events.ts'
import { isEventStream, readReply, responseInfo } from './read-reply.ts'
import { runSteps } from './run-steps.ts'
import type { Ask } from './steps.ts'
import { checkTranscript, numberTold, textTold, usageTold } from './told.ts'
import type { MediaRun } from './verbs.ts'
import { asFile, type Heard } from './voiced.ts'

type Listening = MediaRun<TranscriptionFormat, TranscriptionCall>

/** Has sound written down. */
export async function* listen({ call: given, ...rest }: Listening): AsyncGenerator<TranscriptionEvent, undefined> {
  given.signal?.throwIfAborted()
  const call = { ...given, audio: asFile(given.audio) }
  const listening = { ...rest, call }
  const { warnings, ...ask } = rest.format.request(call, rest.target)
  for (const warning of warnings) yield { type: 'notice', kind: 'warning', message: warning.message, warning }
  const heard = yield* rest.format.events ? streamed(listening, ask) : stepped(listening, ask)
  const { usage, headers, ...told } = heard
  const language = textTold(heard.language)
  const seconds = numberTold(heard.seconds)
  yield {
    type: 'finish',
    ...(language !== undefined && { language }),
    ...(seconds !== undefined && { seconds }),
    usage: usageTold(usage),
    response: responseInfo(rest.target, headers, told),
  }
  return undefined
}

type Ending = Omit<Heard, 'text' | 'segments'> & { readonly headers: Readonly<Record<string, string>> }
type Answer = AsyncGenerator<TranscriptionEvent, Ending, undefined>

async function* stepped({ endpoint, format, call, target, options }: Listening, ask: Ask): Answer {
  for await (const event of runSteps({ endpoint, format, context: { target, call }, jobs: options.jobs }, ask)) {
    if (event.type === 'headers') {
      yield { type: 'notice', kind: 'headers', message: `The service answered with status ${event.status}.` }
    } else if (event.type === 'waiting') {
      yield { type: 'notice', kind: 'alive', message: 'The service is still working.' }
    } else {
      const { text, segments, ...ending } = event.result
      yield* written({ text, segments })
      return { ...ending, headers: event.headers }
    }
  }
  throw new AnyModelError('truncated', 'The job ended without a result.', target)
}

/** A service that answers with a stream of events, or, where the model has none, with a whole body. */
function streamed({ endpoint, format, call, target }: Listening, ask: Ask): Answer {
  const run = { endpoint, target, ask, call, errorCodes: format.errorCodes }
  return readReply<TranscriptionEvent, Ending>(run, (reply) =>
    isEventStream(reply) ? evented(reply, format, call, target) : whole(reply, format, call, target, ask),
  )
}

async function* evented(
  { body, headers }: HttpReply,
  format: TranscriptionFormat,
  call: TranscriptionCall,
  target: Target,
): Answer {
  const decoder = format.events?.({ target, call })
  if (!decoder) throw new TypeError('no events')
  for await (const { value, name } of readEvents(body))
    for (const event of decoder.event(value, name)) yield checkTranscript(event)
  return { ...decoder.end(), headers }
}

async function* whole(
  { status, headers, body }: HttpReply,
  format: TranscriptionFormat,
  call: TranscriptionCall,
  target: Target,
  asked: Ask,
): Answer {
  const step = format.read({ status, headers, body: parse(await readText(body)), asked }, { target, call })
  if (step.type !== 'done') throw new AnyModelError('malformed', 'The service answered without a transcript.', target)
  const { text, segments, ...ending } = step.result
  yield* written({ text, segments })
  return { ...ending, headers }
}

function* written({ text, segments = [] }: Pick<Heard, 'text' | 'segments'>): Generator<TranscriptionEvent> {
  if (text !== '') yield checkTranscript({ type: 'text', text })
  for (const segment of segments) yield checkTranscript({ type: 'segment', segment })
}
