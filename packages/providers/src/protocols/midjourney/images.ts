import { AnyModelError, type ImageCall } from '@anymodel/core'
import { dataUrl } from '../../media/data-url.ts'
import { jobState } from '../../media/job-state.ts'
import { objectOf } from '../../media/run-steps.ts'
import type { AskReply, Drawing, Step, StepContext } from '../../media/steps.ts'
import type { ImageFormat } from '../../protocol.ts'
import { Reported } from '../../reported.ts'

const terms = 'Midjourney has no public API: its terms forbid automation, and accounts behind a proxy have been closed.'

export const midjourneyDrawing: ImageFormat = {
  request: (call) => ({
    path: '/mj/submit/imagine',
    body: {
      prompt: toPrompt(call),
      ...(call.images?.length && { base64Array: call.images.map(dataUrl) }),
    },
    warnings: [{ option: 'model', message: terms }],
  }),
  read: (reply, context) => (reply.asked.method === 'GET' ? looked(reply, context) : submitted(reply, context)),
}

/** Options are words of the prompt. */
const toPrompt = ({ prompt, aspectRatio, seed, negativePrompt }: ImageCall): string =>
  [
    prompt,
    ...(aspectRatio ? [`--ar ${aspectRatio}`] : []),
    ...(seed === undefined ? [] : [`--seed ${seed}`]),
    ...(negativePrompt ? [`--no ${negativePrompt}`] : []),
  ].join(' ')

interface Submitted {
  readonly code?: number
  readonly description?: string
  readonly result?: string | number
}

/** 1: taken; 21: there already; 22: in line; 23: the line is full; 24: a banned word. */
function submitted(reply: AskReply, { target }: StepContext<ImageCall>): Step<Drawing> {
  const { code, description = 'no reason given', result } = objectOf(reply) as Submitted
  const name = `${target.provider}/${target.model}`
  if (code === 24) throw new AnyModelError('content-filter', `${name}: ${description}`)
  if (code === 23) throw new AnyModelError('rate-limit', `${name}: ${description}`)
  if (code === undefined) throw new AnyModelError('malformed', 'The proxy does not say whether it took the task.')
  if (code !== 1 && code !== 21 && code !== 22) throw new Reported({ ...target, body: { message: description } })
  if (result === undefined || result === null) throw new AnyModelError('malformed', 'The task has no id.')
  return { type: 'ask', ask: { path: `/mj/task/${encodeURIComponent(result)}/fetch`, method: 'GET' }, wait: true }
}

interface Task {
  readonly id?: string
  readonly status?: string
  readonly progress?: string
  readonly imageUrl?: string
  readonly failReason?: string
  readonly promptEn?: string
}

function looked(reply: AskReply, { target }: StepContext<ImageCall>): Step<Drawing> {
  const { id, status, progress, imageUrl, failReason, promptEn } = objectOf(reply) as Task
  const state = jobState(status)
  if (state === 'failed') {
    const reason = failReason ?? 'The task failed.'
    if (/banned|sensitive|moderat|blocked|violat/i.test(reason))
      throw new AnyModelError('content-filter', `${target.provider}/${target.model}: ${reason}`)
    throw new Reported({ ...target, body: { message: reason } })
  }
  if (state === 'waiting') {
    const share = Number.parseFloat(progress ?? '')
    return { type: 'ask', ask: reply.asked, wait: true, ...(share >= 0 && { progress: share / 100 }) }
  }
  if (!imageUrl) throw new AnyModelError('malformed', 'The task succeeded and has no picture.')
  return {
    type: 'done',
    result: { id, images: [{ media: { url: imageUrl }, ...(promptEn && { revisedPrompt: promptEn }) }] },
  }
}
