import { AnyModelError, type VideoJob } from '@anymodel/core'
import { toJob } from '../media/video-job.ts'
import type { Keys } from './key-pair.ts'
import { services } from './services.ts'

/** A call of a service that a job for a video has ended. */
export interface VideoWebhook {
  /** Who called, as in handles. */
  readonly provider: 'fal' | 'google' | 'luma' | 'openai' | 'openrouter' | 'replicate'
  /** The model of the job, as in handles. */
  readonly model: string
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>
  /** The bytes of the body as they came: what was parsed and written again has another signature. */
  readonly body: string | Uint8Array
  /** With which OpenAI, OpenRouter, Replicate and Google (where the webhook was made for a project) sign, as they show it. */
  readonly secret?: string
  /** Google, where the webhook came with the request: for whom its token must be. */
  readonly audience?: string
  /** Public keys of fal or Google, or where they are. Default: where these services publish them; they are read once a day. */
  readonly keys?: Keys
}

/** What a service tells by a webhook. */
export interface VideoNews {
  /** The handle of the job: `resumeVideo` fetches what came of it. */
  readonly job: VideoJob
  /** The service's own name of the job. */
  readonly id: string
  readonly state: 'done' | 'failed' | 'cancelled' | 'waiting'
  /** The signature is right. False for Luma, which signs nothing: anybody may have sent that. */
  readonly verified: boolean
}

/**
 * Reads the call of a service to a `webhook`, after a check that it came from there.
 *
 * Rejects with `auth` for a signature that is not there, not right, or more than five minutes old; with `invalid-argument` without the secret that a check needs; with `malformed` for a body that tells no job.
 *
 * ```ts
 * const { job, state } = await readVideoWebhook({ provider: 'replicate', model, headers, body, secret })
 * ```
 */
export async function readVideoWebhook(webhook: VideoWebhook): Promise<VideoNews> {
  const { provider, model } = webhook
  const service = Object.hasOwn(services, provider) ? services[provider] : undefined
  if (!service) {
    const known = Object.keys(services).join(', ')
    throw new AnyModelError('invalid-argument', `provider must be one of ${known}, not ${provider}.`)
  }
  const body = typeof webhook.body === 'string' ? Buffer.from(webhook.body) : bytesOf(webhook.body)
  await service.check?.({ headers: namesInLowerCase(webhook.headers), body }, webhook)
  const { asks, id, state } = service.read(parsed(body), model)
  return { job: toJob({ provider, model }, asks), id, state, verified: service.check !== undefined }
}

function bytesOf(body: unknown): Buffer {
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  throw new AnyModelError('invalid-argument', 'body must be the text or the bytes as they came, before any parser.')
}

function namesInLowerCase(headers: VideoWebhook['headers']): Record<string, string> {
  const entries = headers instanceof Headers ? [...headers] : Object.entries(headers ?? {})
  return Object.fromEntries(
    entries.flatMap(([name, value]) => (value === undefined ? [] : [[name.toLowerCase(), String(value)]])),
  )
}

function parsed(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body.toString())
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  } catch {}
  throw new AnyModelError('malformed', 'The body of the webhook is not a JSON object.')
}
