import { AnyModelError, type ErrorCode, type JsonObject, type MediaInput, type VideoCall } from '@anymodel/core'
import { base64Of } from '../../media/data-url.ts'
import { defined } from '../../media/defined.ts'
import { jobFailed } from '../../media/job-failed.ts'
import { objectOf } from '../../media/run-steps.ts'
import type { AskReply, Filmed, FirstAsk, Media, Step, StepContext } from '../../media/steps.ts'
import { lengthFor } from '../../media/video-length.ts'
import type { Target, VideoFormat } from '../../protocol.ts'

/** Codes of gRPC, which operations fail with. */
const errorCodes: Readonly<Record<string, ErrorCode>> = {
  3: 'bad-request',
  4: 'timeout',
  5: 'not-found',
  7: 'auth',
  8: 'rate-limit',
  13: 'server',
  14: 'server',
  16: 'auth',
}

/** Veo, as operations. Files lie at the service itself, wherever a gateway stands in for it. */
export const veoFormat: VideoFormat = {
  errorCodes,
  hosts: ['generativelanguage.googleapis.com'],
  request: toPrediction,
  read: readOperation,
}

const lengthsOf = (model: string): readonly number[] => (model.startsWith('veo-2') ? [5, 6, 7, 8] : [4, 6, 8])

function toPrediction(call: VideoCall, { model }: Target): FirstAsk {
  const { prompt, firstFrame, lastFrame, references, webhook } = call
  const { seconds, warning } = lengthFor(call.seconds, lengthsOf(model))
  const instance = {
    prompt,
    ...(firstFrame && { image: toImage(firstFrame) }),
    ...(lastFrame && { lastFrame: toImage(lastFrame) }),
    ...(references && {
      referenceImages: references.map((file) => ({ image: toImage(file), referenceType: 'asset' })),
    }),
  }
  const parameters = defined({
    aspectRatio: call.aspectRatio,
    resolution: call.resolution === '2160p' ? '4k' : call.resolution,
    durationSeconds: seconds,
    negativePrompt: call.negativePrompt,
  })
  return {
    path: `/models/${model}:predictLongRunning`,
    body: { instances: [instance], parameters, ...(webhook && { webhookConfig: { uris: [webhook] } }) },
    warnings: warning ? [warning] : [],
  }
}

const toImage = ({ mediaType, data }: MediaInput): JsonObject => ({
  bytesBase64Encoded: base64Of(data),
  mimeType: mediaType,
})

interface Operation {
  readonly name?: string
  readonly done?: boolean
  readonly error?: { readonly code?: number; readonly message?: string }
  readonly response?: { readonly generateVideoResponse?: Generated }
}

interface Generated {
  readonly generatedSamples?: readonly { readonly video?: Video }[]
  readonly raiMediaFilteredCount?: number
  readonly raiMediaFilteredReasons?: readonly string[]
}

interface Video {
  readonly uri?: string
  readonly encodedVideo?: string
  readonly encoding?: string
}

function readOperation(reply: AskReply, { target }: Pick<StepContext<unknown>, 'target'>): Step<Filmed> {
  const { name, done, error, response } = objectOf(reply) as Operation
  if (error) throw jobFailed(target, error.message, error.code?.toString())
  if (done && reply.asked.method === 'GET')
    return { type: 'done', result: { id: name, ...toFilmed(response?.generateVideoResponse ?? {}) } }
  if (typeof name !== 'string' || name === '') throw new AnyModelError('malformed', 'The operation has no name.')
  return { type: 'ask', ask: { path: `/${name}`, method: 'GET' }, wait: true }
}

function toFilmed({ generatedSamples = [], raiMediaFilteredCount, raiMediaFilteredReasons = [] }: Generated): Filmed {
  const videos = generatedSamples.flatMap(({ video }) => toMedia(video ?? {}))
  if (!raiMediaFilteredCount && raiMediaFilteredReasons.length === 0) return { videos }
  return { videos, filtered: raiMediaFilteredReasons.join(' ') || 'no reason was given' }
}

function toMedia({ uri, encodedVideo, encoding }: Video): Media[] {
  if (uri) return [{ url: uri, authorized: true, mediaType: encoding }]
  return encodedVideo ? [{ base64: encodedVideo, mediaType: encoding }] : []
}
