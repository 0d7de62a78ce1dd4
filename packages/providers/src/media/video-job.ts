import { AnyModelError, type Json, type JsonObject, type VideoJob } from '@anymodel/core'
import type { Target } from '../protocol.ts'
import type { Ask } from './steps.ts'

/** What the handle of a job says: how to look at it, and how to cancel it. */
export interface JobAsks {
  readonly ask: Ask
  readonly cancel?: Ask | undefined
}

/** Requests as the handle of a job: plain JSON, without credentials, which the endpoint adds. */
export const toJob = ({ provider, model }: Target, { ask, cancel }: JobAsks): VideoJob => ({
  provider,
  model,
  job: { look: bare(ask), ...(cancel && { cancel: bare(cancel) }) },
})

const bare = ({ method = 'GET', path }: Ask) => ({ method, path })

/** A handle as requests. Throws `invalid-argument` for what is none, or one of another model: it may come from anywhere. */
export function fromJob(job: VideoJob, { provider, model }: Target): JobAsks {
  if (job?.provider !== provider || job.model !== model)
    throw new AnyModelError('invalid-argument', `job is not a job of ${provider}/${model}: ${whose(job)}`)
  const { look, cancel } = fields(job.job)
  const ask = toAsk(look)
  if (!ask) throw new AnyModelError('invalid-argument', 'job is broken: give what startVideo returned, whole.')
  return { ask, cancel: toAsk(cancel) }
}

const whose = (job: VideoJob | undefined): string =>
  typeof job?.provider === 'string' ? `it is one of ${job.provider}/${job.model}.` : 'give what startVideo returned.'

const fields = (value: Json | undefined): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {}

const methods = ['GET', 'POST', 'PUT', 'DELETE'] as const

function toAsk(value: Json | undefined): Ask | undefined {
  const { method, path } = fields(value)
  const known = methods.find((one) => one === method)
  return known && typeof path === 'string' ? { method: known, path } : undefined
}
