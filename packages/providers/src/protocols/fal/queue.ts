import { AnyModelError, type Json, type JsonObject } from '@anymodel/core'
import { jobState } from '../../media/job-state.ts'
import { objectOf } from '../../media/run-steps.ts'
import type { Ask, AskReply, Step, StepContext } from '../../media/steps.ts'
import { Reported } from '../../reported.ts'

/** Hosts of the queue. */
export const falHosts = ['queue.fal.run', 'fal.run']

interface Queued {
  readonly request_id?: string
  readonly status?: string
  readonly status_url?: string
  readonly response_url?: string
  readonly cancel_url?: string
  readonly error?: Json
}

/** What a reply of the queue means: submitted, at work, done (the result is asked for), or the result itself. */
export function readQueue(reply: AskReply, { target }: Pick<StepContext<unknown>, 'target'>): Step<JsonObject> {
  const body = objectOf(reply)
  const { status, status_url: look, response_url: result, cancel_url: cancel, error } = body as Queued
  if (look === undefined || result === undefined) {
    if (error !== undefined) throw new Reported({ ...target, body })
    return { type: 'done', result: body as JsonObject }
  }
  const state = jobState(status)
  if (state === 'failed' || state === 'cancelled' || error !== undefined) throw new Reported({ ...target, body })
  if (state === 'done') return { type: 'ask', ask: { path: result, method: 'GET' } }
  const ask: Ask = { path: look, method: 'GET' }
  return { type: 'ask', ask, wait: true, ...(cancel && { cancel: { path: cancel, method: 'PUT' } }) }
}

/** The files of a result, in the places where fal's models put them. */
export function filesIn(result: JsonObject, ...names: readonly string[]): readonly FalFile[] {
  for (const name of names) {
    const value = result[name]
    const files = (Array.isArray(value) ? value : value ? [value] : []) as FalFile[]
    if (files.length > 0 && files.every((file) => typeof file?.url === 'string')) return files
  }
  throw new AnyModelError('malformed', `The result has no ${names.join(' or ')}.`)
}

/** A file of a result. */
export interface FalFile {
  readonly url: string
  readonly content_type?: string
}
