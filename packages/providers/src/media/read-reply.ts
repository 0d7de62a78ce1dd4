import { AnyModelError, type ErrorCode, isAnyModelError, type NoticePart, type ResponseInfo } from '@anymodel/core'
import type { HttpReply } from '@anymodel/core/http'
import type { Endpoint } from '../endpoint.ts'
import { meaning, notInFormat } from '../failure.ts'
import type { Target } from '../protocol.ts'
import { parse } from '../reply-text.ts'
import { Reported } from '../reported.ts'
import { requestId } from '../request-id.ts'
import { withoutSecrets } from '../secrets.ts'
import { type Carried, sendAsk } from './send-ask.ts'
import type { Ask } from './steps.ts'

/** One request whose reply is read while it comes. */
export interface ReplyRun {
  readonly endpoint: Endpoint
  readonly target: Target
  readonly ask: Ask
  readonly call: Carried
  readonly errorCodes?: Readonly<Record<string, ErrorCode>> | undefined
}

/** Sends a request and has its reply read; what goes wrong becomes an error of ours, without credentials. The reply is closed at the end, however that comes. */
export async function* readReply<Event, Result>(
  { endpoint, target, ask, call, errorCodes }: ReplyRun,
  read: (reply: HttpReply) => AsyncGenerator<Event, Result, undefined>,
): AsyncGenerator<Event | NoticePart, Result, undefined> {
  const { reply, secrets } = await sendAsk(endpoint, ask, call, { first: true }).catch((error: unknown) => {
    throw isAnyModelError(error) ? error.with(target) : error
  })
  const { status, headers, body } = reply
  try {
    yield { type: 'notice', kind: 'headers', message: `The service answered with status ${status}.` }
    if (status < 200 || status >= 300) {
      const text = new TextDecoder().decode(await body.bytes(1_000_000))
      throw await meaning({ ...target, status, headers, body: parse(text) }, errorCodes)
    }
    return yield* read(reply)
  } catch (thrown) {
    if (call.signal?.aborted) throw call.signal.reason
    const error = thrown instanceof Reported ? await meaning(thrown.wire, errorCodes) : thrown
    if (!isAnyModelError(error)) throw await notInFormat(error, target)
    const known = withoutSecrets(error.with(target), secrets)
    throw endpoint.failed?.(known, secrets) ?? known
  } finally {
    body.close()
  }
}

/** True for a reply of server-sent events. */
export const isEventStream = ({ headers }: HttpReply): boolean => /event-stream/.test(headers['content-type'] ?? '')

/** Who answered, with what its headers and the format tell. */
export function responseInfo(
  target: Target,
  headers: Readonly<Record<string, string>>,
  {
    id,
    details,
  }: Pick<ResponseInfo, 'id' | 'details'> | { id?: string | undefined; details?: ResponseInfo['details'] | undefined },
): ResponseInfo {
  const request = requestId(headers)
  const { provider, model } = target
  return {
    provider,
    model,
    headers,
    ...(typeof id === 'string' && { id }),
    ...(request !== undefined && { requestId: request }),
    ...(details && { details }),
  }
}

/** The error for an answer without what was asked for. */
export const withoutSound = ({ provider, model }: Target): AnyModelError =>
  new AnyModelError('malformed', `${provider}/${model} answered without any sound.`, { provider, model })
