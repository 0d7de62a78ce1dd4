import { AnyModelError, type Json } from '@anymodel/core'
import { type HttpReply, send } from '@anymodel/core/http'
import { type Endpoint, lowerCase } from '../endpoint.ts'
import { merge } from '../open.ts'
import { secretsIn } from '../secrets.ts'
import { multipart } from './form.ts'
import type { Ask } from './steps.ts'

/** What a call carries to every request that is made for it. */
export interface Carried {
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly extra?: Readonly<Record<string, Json>> | undefined
  readonly signal?: AbortSignal | undefined
}

/** Where an ask goes. A URL that a service gave gets credentials only on hosts of that service. Throws `malformed` for others. */
function urlOf(endpoint: Endpoint, path: string, hosts: readonly string[] = []): string {
  if (typeof path === 'string' && path.startsWith('/')) return endpoint.baseURL + path + (endpoint.query ?? '')
  if (URL.canParse(path)) {
    const url = new URL(path)
    const own = new URL(endpoint.baseURL)
    const secure = url.protocol === 'https:' && hosts.some((host) => isHost(url.host, host))
    if (secure || (url.origin === own.origin && url.username === '')) return url.href
  }
  throw new AnyModelError(
    'malformed',
    `${endpoint.provider} sent an address that is not its own (${shownHost(path)}): no credentials are sent there.`,
  )
}

const isHost = (host: string, pattern: string): boolean =>
  pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern

const shownHost = (url: string): string => (URL.canParse(url) ? new URL(url).host : 'no URL')

/** Sends one request of several. `extra` goes into bodies of JSON and forms where `first`. */
export async function sendAsk(
  endpoint: Endpoint,
  ask: Ask,
  { headers, extra, signal }: Carried,
  { first = false, hosts }: { readonly first?: boolean; readonly hosts?: readonly string[] | undefined } = {},
): Promise<{ readonly reply: HttpReply; readonly secrets: readonly string[] }> {
  signal?.throwIfAborted()
  const { body, contentType } = bodyOf(ask, first ? extra : undefined)
  const own = lowerCase({
    ...(contentType && { 'content-type': contentType }),
    ...ask.headers,
    ...(await endpoint.headers()),
    ...lowerCase(headers),
  })
  const method = ask.method ?? (body === undefined ? 'GET' : 'POST')
  const url = urlOf(endpoint, ask.path, hosts)
  const request = { method, url, headers: own, signal, ...(body !== undefined && { body }) }
  return { reply: await send(request, endpoint.transport).reply, secrets: secretsIn(own) }
}

function bodyOf(ask: Ask, extra: Carried['extra']): { body?: string | Uint8Array; contentType?: string } {
  if (ask.form) {
    const added = Object.entries(extra ?? {}).map(([name, value]) => ({
      name,
      value: typeof value === 'string' ? value : JSON.stringify(value),
    }))
    const replaced = new Set(added.map(({ name }) => name))
    return multipart([...ask.form.filter(({ name }) => !replaced.has(name)), ...added])
  }
  if (ask.file) return { body: ask.file.data, contentType: ask.file.mediaType }
  if (ask.body === undefined) return {}
  return { body: JSON.stringify(extra ? merge(ask.body, extra) : ask.body), contentType: 'application/json' }
}
