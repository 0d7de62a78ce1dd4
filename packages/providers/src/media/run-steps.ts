import { AnyModelError, isAnyModelError } from '@anymodel/core'
import { type HttpReply, type Poll, type PollOptions, poll } from '@anymodel/core/http'
import type { Endpoint } from '../endpoint.ts'
import { meaning, notInFormat } from '../failure.ts'
import { bodyLimit, parse } from '../reply-text.ts'
import { Reported } from '../reported.ts'
import { withoutSecrets } from '../secrets.ts'
import { type Carried, sendAsk } from './send-ask.ts'
import type { Ask, AskReply, Step, StepContext, StepReader } from './steps.ts'

/** One call that is answered in steps. */
export interface StepRun<Call, Result> {
  readonly endpoint: Endpoint
  readonly format: StepReader<Call, Result>
  readonly context: StepContext<Call & Carried>
  readonly jobs?: PollOptions | undefined
  /** Leaving, or an abort, does not cancel the job. */
  readonly detached?: boolean | undefined
}

/** What came of a request. */
export type StepEvent<Result> =
  | { readonly type: 'headers'; readonly status: number }
  /** The service is at work; `ask` looks at it again and `cancel` ends it, from any process. */
  | {
      readonly type: 'waiting'
      readonly ask: Ask
      readonly cancel: Ask | undefined
      readonly progress?: number | undefined
    }
  | { readonly type: 'done'; readonly result: Result; readonly headers: Readonly<Record<string, string>> }

/** Longest that a cancelled job may hold the caller up, ms. */
const cancelPatience = 5_000

/** Looks in a row that may fail for a passing reason while a job is under way. */
const mostTroubles = 4

/** Asks step by step until the result is there. `from`: a request to go on with in place of the first one. A look at a job that fails for a passing reason is repeated. Leaving, or an abort, cancels the job where the service can do that. */
export async function* runSteps<Call, Result>(
  given: StepRun<Call, Result>,
  from: Ask,
  first = true,
): AsyncGenerator<StepEvent<Result>, undefined> {
  const run = { ...given, endpoint: withOneKey(given.endpoint) }
  const { endpoint, format, context } = run
  const { signal } = context.call
  const waits: Poll = poll(run.jobs)
  let ask = from
  let isFirst = first
  let cancel: Ask | undefined
  let troubles = 0
  try {
    for (;;) {
      const taken = await takeStep(run, ask, isFirst)
      if ('trouble' in taken) {
        const { trouble } = taken
        if (isFirst || !isLook(ask)) throw trouble
        if (!trouble.retryable || ++troubles > mostTroubles) throw outOfSight(trouble)
        yield { type: 'waiting', ask, cancel }
        await waits.wait(signal, trouble.retryAfter)
        continue
      }
      const { step, reply } = taken
      isFirst = false
      troubles = 0
      yield { type: 'headers', status: reply.status }
      if (step.type === 'done') {
        cancel = undefined
        return void (yield { type: 'done', result: step.result, headers: reply.headers })
      }
      ask = step.ask
      cancel = step.cancel ?? cancel
      if (!step.wait) continue
      yield { type: 'waiting', ask, cancel, progress: step.progress }
      await waits.wait(signal, secondsOf(reply.headers['retry-after']))
    }
  } catch (error) {
    if (!signal?.aborted) cancel = undefined
    throw error
  } finally {
    if (cancel && !run.detached) await tryCancel(endpoint, cancel, context.call, format.hosts)
  }
}

/** A job belongs to the account that began it: of several keys, all its requests have the same. */
export function withOneKey(endpoint: Endpoint): Endpoint {
  if (!endpoint.failed) return endpoint
  let headers: ReturnType<Endpoint['headers']> | undefined
  return {
    ...endpoint,
    headers() {
      headers ??= endpoint.headers()
      return headers
    },
  }
}

/** A request that changes nothing. */
const isLook = ({ method = 'GET', body, form, file }: Ask): boolean => method === 'GET' && !(body ?? form ?? file)

/** A job that can't be seen may still go on: a second one would be made, and paid for, by asking again. */
function outOfSight(error: AnyModelError): AnyModelError {
  if (error.code !== 'not-found') return error.with({ retryable: false })
  const { status, provider, model, requestId } = error
  const message = `${provider}/${model}: the service does not have this job, or has it no more. Begin another one.`
  return new AnyModelError('not-found', message, { status, provider, model, requestId, cause: error })
}

const secondsOf = (text: string | undefined): number | undefined => {
  const seconds = Number(text)
  return text !== undefined && seconds >= 0 ? seconds * 1_000 : undefined
}

/** A job that can't be cancelled any more is no reason to fail. */
async function tryCancel(endpoint: Endpoint, ask: Ask, call: Carried, hosts: readonly string[] | undefined) {
  const signal = AbortSignal.timeout(cancelPatience)
  try {
    const { reply } = await sendAsk(endpoint, ask, { headers: call.headers, signal }, { hosts })
    reply.body.finish()
  } catch {}
}

async function takeStep<Call, Result>(
  { endpoint, format, context }: StepRun<Call, Result>,
  ask: Ask,
  first: boolean,
): Promise<{ readonly step: Step<Result>; readonly reply: HttpReply } | { readonly trouble: AnyModelError }> {
  const { target, call } = context
  let secrets: readonly string[] = []
  let reply: HttpReply | undefined
  let answered = false
  try {
    const sent = await sendAsk(endpoint, ask, call, { first, hosts: format.hosts })
    secrets = sent.secrets
    reply = sent.reply
    const { status, headers } = reply
    const read = await readReply(reply, ask)
    if (status < 200 || status >= 300)
      throw await meaning({ ...target, status, headers, body: read.body }, format.errorCodes)
    answered = true
    return { step: format.read(read, context), reply }
  } catch (thrown) {
    if (call.signal?.aborted) throw call.signal.reason
    const error = thrown instanceof Reported ? await meaning(thrown.wire, format.errorCodes) : thrown
    if (isAnyModelError(error)) {
      const known = withoutSecrets(error.with(target), secrets)
      if (answered) throw known
      return { trouble: (first ? endpoint.failed?.(known, secrets) : undefined) ?? known }
    }
    throw reply ? await notInFormat(error, target) : error
  }
}

async function readReply(reply: HttpReply, asked: Ask): Promise<AskReply> {
  const { status, headers, body } = reply
  const bytes = await body.bytes(bodyLimit)
  if (/^(?:image|audio|video)\/|octet-stream/.test(headers['content-type'] ?? ''))
    return { status, headers, body: undefined, bytes, asked }
  return { status, headers, body: parse(new TextDecoder().decode(bytes)), asked }
}

/** An object, as services answer; throws `malformed` for anything else. */
export function objectOf(reply: AskReply): Record<string, unknown> {
  const { body } = reply
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Record<string, unknown>
  throw new AnyModelError('malformed', 'The service answered with something that is not a JSON object.')
}
