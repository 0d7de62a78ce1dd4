import { AnyModelError, type ImageCall, type Json, type JsonObject } from '@anymodel/core'
import { base64Of } from '../../media/data-url.ts'
import { defined } from '../../media/defined.ts'
import { jobState } from '../../media/job-state.ts'
import { objectOf } from '../../media/run-steps.ts'
import type { AskReply, Drawing, Step, StepContext } from '../../media/steps.ts'
import type { ImageFormat } from '../../protocol.ts'
import { Reported } from '../../reported.ts'
import { ruleOf } from './models.ts'

interface Task {
  readonly id?: string
  readonly polling_url?: string
  readonly status?: string
  readonly progress?: number | null
  readonly cost?: number | null
  readonly result?: { readonly sample?: string; readonly seed?: number; readonly prompt?: string } | null
  readonly details?: JsonObject | null
}

export const bflDrawing: ImageFormat = {
  hosts: ['*.bfl.ai'],
  request: (call, { model }) => ({ path: `/${model}`, body: toBody(call, model), warnings: [] }),
  read: readTask,
}

function toBody(call: ImageCall, model: string): JsonObject {
  const { prompt, size, aspectRatio, seed, steps, guidance, format, mask, outpaint, images = [] } = call
  const { image: name = 'input_image' } = ruleOf(model)
  const pictures = images.map(({ data }, at) => [at === 0 ? name : `${name}_${at + 1}`, base64Of(data)])
  return defined({
    prompt: prompt || undefined,
    ...size,
    aspect_ratio: aspectRatio,
    seed,
    steps,
    guidance,
    output_format: format,
    ...Object.fromEntries(pictures),
    mask: mask && base64Of(mask.data),
    ...outpaint,
  })
}

/** The texts in the details, behind a colon. */
function why(details: Json | undefined): string {
  const words = textsIn(details).join(', ').slice(0, 500)
  return words && `: ${words}`
}

const textsIn = (value: Json | undefined): string[] =>
  typeof value === 'string' ? [value] : typeof value === 'object' && value ? Object.values(value).flatMap(textsIn) : []

/** A task is looked at where the service says, on whichever of its hosts that is. */
function readTask(reply: AskReply, { target }: StepContext<ImageCall>): Step<Drawing> {
  const body = objectOf(reply)
  const { id, polling_url: path, status, result, progress, details, cost } = body as Task
  if (/moderated/i.test(String(status)))
    throw new AnyModelError('content-filter', `${target.provider}/${target.model}: ${status}${why(details)}.`)
  // A task is never begun a second time: only what was asked of its place is a look.
  if (status === undefined || reply.asked.method !== 'GET') {
    if (!path) throw new AnyModelError('malformed', 'The task has no polling_url.')
    // What it costs is told here alone.
    const note = typeof cost === 'number' ? { note: { credits: cost } } : {}
    return { type: 'ask', ask: { path, method: 'GET', ...note }, wait: true }
  }
  const state = jobState(status)
  if (state === 'failed' || state === 'cancelled')
    throw new Reported({ ...target, body: { message: `${status}${why(details)}` } })
  if (state === 'waiting')
    return { type: 'ask', ask: reply.asked, wait: true, ...(typeof progress === 'number' && { progress }) }
  const { sample, seed, prompt } = result ?? {}
  if (!sample) throw new AnyModelError('malformed', 'The task is ready and has no picture.')
  return {
    type: 'done',
    result: {
      id,
      details: reply.asked.note,
      images: [
        { media: { url: sample }, ...(seed !== undefined && { seed }), ...(prompt && { revisedPrompt: prompt }) },
      ],
    },
  }
}
