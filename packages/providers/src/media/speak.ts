import { AnyModelError, type SpeechCall, type SpeechEvent } from '@anymodel/core'
import type { HttpReply } from '@anymodel/core/http'
import type { SpeechFormat, Target } from '../protocol.ts'
import { bodyLimit, parse, readText } from '../reply-text.ts'
import { Reported } from '../reported.ts'
import { readEvents } from './read-events.ts'
import { isEventStream, readReply, responseInfo, withoutSound } from './read-reply.ts'
import { usageTold } from './told.ts'
import type { MediaRun } from './verbs.ts'
import type { Spoken } from './voiced.ts'

/** Has a text spoken: the sound is handed over as it comes. */
export async function* speak({
  endpoint,
  format,
  call,
  target,
}: MediaRun<SpeechFormat, SpeechCall>): AsyncGenerator<SpeechEvent, undefined> {
  call.signal?.throwIfAborted()
  const { warnings, mediaType, header, sampleRate, ...ask } = format.request(call, target)
  for (const warning of warnings) yield { type: 'notice', kind: 'warning', message: warning.message, warning }
  const run = { endpoint, target, ask, call, errorCodes: format.errorCodes }
  yield* readReply<SpeechEvent, undefined>(run, async function* (reply) {
    const source =
      isEventStream(reply) && format.events ? evented(reply, format, call, target) : plain(reply, format, target)
    let begun = false
    for (;;) {
      const next = await source.next()
      if (next.done) {
        if (!begun) throw withoutSound(target)
        const { usage, ...told } = next.value
        yield {
          type: 'finish',
          ...(sampleRate !== undefined && { sampleRate }),
          usage: usageTold(usage),
          response: responseInfo(target, reply.headers, told),
        }
        return undefined
      }
      if (!begun && header) yield { type: 'audio', mediaType, data: header }
      begun = true
      yield { type: 'audio', mediaType, data: next.value }
    }
  })
  return undefined
}

type Sound = AsyncGenerator<Uint8Array, Spoken, undefined>

/** The bytes of the reply are the sound, unless it is JSON: then they tell why there is none. A page is neither. */
async function* plain(reply: HttpReply, format: SpeechFormat, target: Target): Sound {
  const { status, headers, body } = reply
  const type = headers['content-type'] ?? ''
  if (/^(?:text|image|video)\//.test(type))
    throw new AnyModelError('malformed', `The service sent no sound but ${type}: a proxy, or a wrong baseURL.`)
  if (/json/.test(type)) throw new Reported({ ...target, status, headers, body: parse(await readText(body)) })
  for (let bytes = 0; bytes <= bodyLimit; ) {
    const chunk = await body.next()
    if (!chunk) return format.told?.(headers) ?? {}
    bytes += chunk.length
    if (chunk.length > 0) yield chunk
  }
  throw new AnyModelError('malformed', `The service sent more than ${bodyLimit} bytes of sound without an end.`)
}

async function* evented({ body }: HttpReply, format: SpeechFormat, call: SpeechCall, target: Target): Sound {
  const decoder = format.events?.({ target, call })
  if (!decoder) throw new TypeError('no events')
  for await (const { value, name } of readEvents(body)) {
    const sound = decoder.event(value, name)
    if (sound?.length) yield sound
  }
  return decoder.end()
}
