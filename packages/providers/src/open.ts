import type { Json, TextCall } from '@anymodel/core'
import { type Exchange, send } from '@anymodel/core/http'
import { type Endpoint, lowerCase } from './endpoint.ts'
import type { WireRequest } from './protocol.ts'
import { secretsIn } from './secrets.ts'

/** A request on its way, and the credentials that it carries. */
export interface Opened {
  readonly exchange: Exchange
  readonly secrets: readonly string[]
}

/** Sends a protocol's request to an endpoint. */
export async function open(
  endpoint: Endpoint,
  wire: WireRequest,
  call: Pick<TextCall, 'headers' | 'extra' | 'signal'>,
): Promise<Opened> {
  call.signal?.throwIfAborted()
  const headers = {
    'content-type': 'application/json',
    ...wire.headers,
    ...(await endpoint.headers()),
    ...lowerCase(call.headers),
  }
  const body = JSON.stringify(call.extra ? merge(wire.body, call.extra) : wire.body)
  const url = endpoint.baseURL + wire.path + (endpoint.query ?? '')
  const request = { method: 'POST', url, headers, body, signal: call.signal } as const
  return { exchange: send(request, endpoint.transport), secrets: secretsIn(headers) }
}

/** `extra` wins; objects are merged, everything else is replaced. */
export function merge(body: Json, extra: Json): Json {
  if (!isObject(body) || !isObject(extra)) return extra
  const out: Record<string, Json | undefined> = { ...body }
  for (const [key, value] of Object.entries(extra)) {
    if (key === '__proto__' || value === undefined) continue
    const old = out[key]
    out[key] = old === undefined ? value : merge(old, value)
  }
  return out
}

const isObject = (value: unknown): value is Record<string, Json | undefined> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
