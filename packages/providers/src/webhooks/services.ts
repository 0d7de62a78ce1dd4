import { AnyModelError } from '@anymodel/core'
import { jobState } from '../media/job-state.ts'
import type { JobAsks } from '../media/video-job.ts'
import type { VideoNews, VideoWebhook } from './read-webhook.ts'
import type { Received } from './received.ts'

/** What a call tells: which job, and how it is. */
interface Told extends Pick<VideoNews, 'id' | 'state'> {
  /** How the job is looked at and cancelled. */
  readonly asks: JobAsks
}

/** How a service calls. */
export interface WebhookService {
  /** Throws for a call that did not come from the service. Absent: nobody can tell. */
  readonly check?: (received: Received, webhook: VideoWebhook) => Promise<void>
  readonly read: (body: Readonly<Record<string, unknown>>, model: string) => Told
}

const part = encodeURIComponent

/** An id that is safe within a path. Throws `malformed` for anything else. */
function idOf(value: unknown): string {
  if (typeof value === 'string' && /^[\w.:-]{1,200}$/.test(value) && !value.includes('..')) return value
  throw new AnyModelError('malformed', 'The webhook does not say which job it is about.')
}

const fields = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}

const sharedSecret = () => import('./shared-secret.ts')
const keyPair = () => import('./key-pair.ts')

function secretOf({ provider, secret }: VideoWebhook): string {
  if (typeof secret === 'string' && secret !== '') return secret
  throw new AnyModelError(
    'invalid-argument',
    `secret must be the one with which ${provider} signs its webhooks: without it nobody knows who called.`,
  )
}

const standard: WebhookService['check'] = async (received, webhook) =>
  (await sharedSecret()).checkStandard(received, secretOf(webhook))

/** The services that call when a video is done. */
export const services: Readonly<Record<VideoWebhook['provider'], WebhookService>> = {
  fal: {
    check: async (received, { keys }) => (await keyPair()).checkFal(received, keys),
    read({ request_id, status }, model) {
      const id = idOf(request_id)
      // Jobs lie below the first two parts of a model's name.
      const path = `/${model.split('/').slice(0, 2).map(part).join('/')}/requests/${part(id)}`
      const asks: JobAsks = {
        ask: { method: 'GET', path: `${path}/status` },
        cancel: { method: 'PUT', path: `${path}/cancel` },
      }
      return { id, state: status === 'OK' ? 'done' : 'failed', asks }
    },
  },
  google: {
    async check(received, webhook) {
      if (webhook.audience === undefined) return standard(received, webhook)
      await (await keyPair()).checkGoogle(received, webhook.audience, webhook.keys)
    },
    read({ type, data }, model) {
      const name = String(fields(data).id)
      const id = idOf(/^(?:models\/[\w.-]+\/)?operations\/([^/]+)$/.exec(name)?.[1] ?? name)
      const path = name.startsWith('models/') ? name : `models/${part(model)}/operations/${part(id)}`
      return {
        id,
        state: type === 'video.generated' ? 'done' : 'failed',
        asks: { ask: { method: 'GET', path: `/${path}` } },
      }
    },
  },
  luma: {
    read({ id: given, state }) {
      const id = idOf(given)
      const path = `/generations/${part(id)}`
      return { id, state: jobState(state), asks: { ask: { method: 'GET', path }, cancel: { method: 'DELETE', path } } }
    },
  },
  openai: {
    check: standard,
    read({ type, data }) {
      const id = idOf(fields(data).id)
      const asks = { ask: { method: 'GET', path: `/videos/${part(id)}` } } as const
      return { id, state: jobState(String(type).replace(/^video\./, '')), asks }
    },
  },
  openrouter: {
    check: async (received, webhook) => (await sharedSecret()).checkOpenRouter(received, secretOf(webhook)),
    read({ data }) {
      const { id: given, status } = fields(data)
      const id = idOf(given)
      return { id, state: jobState(status), asks: { ask: { method: 'GET', path: `/videos/${part(id)}` } } }
    },
  },
  replicate: {
    check: standard,
    read({ id: given, status }) {
      const id = idOf(given)
      const path = `/predictions/${part(id)}`
      const asks: JobAsks = { ask: { method: 'GET', path }, cancel: { method: 'POST', path: `${path}/cancel` } }
      return { id, state: jobState(status), asks }
    },
  },
}
