import { setTimeout as wait } from 'node:timers/promises'
import { AnyModelError, isAnyModelError } from '@anymodel/core'
import { type HttpReply, send } from '@anymodel/core/http'
import type { Hub } from './options.ts'

export interface Question {
  /** Path and query below the hub's address. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** `org/repo`, for the words of errors. */
  readonly repo: string
  readonly signal: AbortSignal
}

const maxRedirects = 10

/**
 * Asks the hub and follows it to where its files lie. The token goes to the hub's own origin only. Gives answers with the status 200, 206 and 416; throws everything else as the error that it stands for.
 */
export async function ask(hub: Hub, { path, headers = {}, repo, signal }: Question): Promise<HttpReply> {
  const home = new URL(hub.endpoint + path)
  let url = home
  for (let hops = 0; hops <= maxRedirects; hops++) {
    const isHome = url.origin === home.origin
    const authorization = isHome && hub.token ? { authorization: `Bearer ${hub.token}` } : {}
    const request = { method: 'GET', url: url.href, headers: { ...headers, ...authorization }, signal } as const
    const reply = await send(request, hub.transport).reply
    const { location } = reply.headers
    if (reply.status >= 300 && reply.status < 400 && location !== undefined && URL.canParse(location, url)) {
      reply.body.finish()
      url = new URL(location, url)
      continue
    }
    if ([200, 206, 416].includes(reply.status)) return reply
    reply.body.close()
    throw refusal(reply, { repo, host: url.host, home: home.host, hub: hub.endpoint, sent: hub.token !== undefined })
  }
  throw new AnyModelError('malformed', `${home.host} redirects more than ${maxRedirects} times.`, { retryable: false })
}

interface Refused {
  readonly repo: string
  /** Who refused. */
  readonly host: string
  /** Who was asked. */
  readonly home: string
  readonly hub: string
  /** Whether there is a token. */
  readonly sent: boolean
}

/** The hub says 401 as well when there is no such repository, so that nobody learns which private ones exist. */
function refusal({ status, headers }: HttpReply, { repo, host, home, hub, sent }: Refused): AnyModelError {
  const code = headers['x-error-code']
  const info = { status, ...(code && { providerCode: code }) }
  const account = sent ? 'The token that was sent does not give access' : 'Set HF_TOKEN to a token of that account'
  if (code === 'GatedRepo')
    return new AnyModelError(
      'auth',
      `${repo} is gated: accept its terms at ${hub}/${repo} with your account. ${account}.`,
      info,
    )
  if (code === 'RevisionNotFound')
    return new AnyModelError('not-found', `${repo} has no such revision: look at ${hub}/${repo}/tree/main.`, info)
  if (code === 'EntryNotFound')
    return new AnyModelError('not-found', `${repo} does not have that file any more. Pull it again.`, info)
  if (host !== home && [401, 403].includes(status))
    return new AnyModelError(
      'auth',
      `${home} leads to ${host}, which wants to know who asks (status ${status}), and a token is not sent on to others. If you trust it, set HF_ENDPOINT to it.`,
      info,
    )
  if (code === 'RepoNotFound' || status === 401 || status === 404)
    return new AnyModelError(
      'not-found',
      `There is no ${repo} at ${home}, or it is private. Check the name${sent ? ', and that the token may read it' : ', or set HF_TOKEN'}.`,
      info,
    )
  if (status === 403) return new AnyModelError('auth', `${host} does not give out ${repo} to you (status 403).`, info)
  if (status === 429)
    return new AnyModelError(
      'rate-limit',
      `${host} asks for fewer requests.${sent ? '' : ' With HF_TOKEN set it allows more.'}`,
      { ...info, retryAfter: toMilliseconds(headers['retry-after']) },
    )
  return new AnyModelError(status >= 500 ? 'server' : 'bad-request', `${host} answered with status ${status}.`, info)
}

/** `Retry-After` is a number of seconds or a date. */
function toMilliseconds(text: string | undefined): number | undefined {
  const ms = /^\d+$/.test(text ?? '') ? Number(text) * 1_000 : Date.parse(text ?? '') - Date.now()
  return Number.isNaN(ms) ? undefined : Math.max(0, ms)
}

const maxTries = 5
/** A network that is not there shall not take a quarter of a minute to say so. */
const maxConnects = 3
const longestWait = 300_000

/** Tries what may work later five times at most; what gets further than before begins to count anew. A service that wants more than five minutes to pass is not waited for. */
export async function persist<T>(
  { firstWait }: Hub,
  signal: AbortSignal,
  attempt: (furtherThanBefore: () => void) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt(() => {
        tries = 0
      })
    } catch (error) {
      signal.throwIfAborted()
      if (!isAnyModelError(error) || !error.retryable) throw error
      if (tries >= (error.phase === 'connect' ? maxConnects : maxTries)) throw error
      const ms = error.retryAfter ?? firstWait * 2 ** Math.max(0, tries - 1)
      if (ms > longestWait) throw error
      await wait(ms, undefined, { signal }).catch(() => signal.throwIfAborted())
    }
  }
}
