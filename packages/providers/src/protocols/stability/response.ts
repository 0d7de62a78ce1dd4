import { AnyModelError } from '@anymodel/core'
import { objectOf } from '../../media/run-steps.ts'
import type { AskReply, Drawing, Step } from '../../media/steps.ts'

interface Answer {
  readonly id?: string
  readonly image?: string
  readonly result?: string
  readonly seed?: number
  readonly finish_reason?: string
}

/** The picture, or the job that makes it. */
export function readAnswer(reply: AskReply): Step<Drawing> {
  const { status, asked, bytes, headers } = reply
  if (bytes) return { type: 'done', result: { images: [{ media: { bytes, mediaType: headers['content-type'] } }] } }
  const { id, image, result = image, seed, finish_reason: reason } = objectOf(reply) as Answer
  if (asked.method === 'GET' && status === 202) return { type: 'ask', ask: asked, wait: true }
  if (reason === 'CONTENT_FILTERED')
    return { type: 'done', result: { images: [], filtered: 'its filter took the picture for harmful' } }
  if (result)
    return {
      type: 'done',
      result: { images: [{ media: { base64: result }, ...(seed !== undefined && { seed }) }], ...(id && { id }) },
    }
  if (typeof id !== 'string' || id === '' || asked.method === 'GET')
    throw new AnyModelError('malformed', 'The answer has neither a picture nor a job.')
  const path = `/results/${encodeURIComponent(id)}`
  return { type: 'ask', ask: { method: 'GET', path, headers: { accept: 'application/json' } }, wait: true }
}
