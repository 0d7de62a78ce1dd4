import type { ImageCall } from '@anymodel/core'
import { base64Of } from '../../media/data-url.ts'
import { defined } from '../../media/defined.ts'
import { objectOf } from '../../media/run-steps.ts'
import type { AskReply, Drawing, Drawn, StepFormat } from '../../media/steps.ts'
import { toUsage } from './usage.ts'
import type { WirePart, WireResponse } from './wire.ts'

type Format = StepFormat<ImageCall, Drawing>

/** Image models that answer like chat models. */
export const drawn: Format = {
  request: ({ prompt, images = [], aspectRatio }, { model }) => ({
    path: `/models/${model}:generateContent`,
    body: {
      contents: [
        {
          role: 'user',
          parts: [
            ...images.map(({ mediaType, data }) => ({ inlineData: { mimeType: mediaType, data: base64Of(data) } })),
            { text: prompt },
          ],
        },
      ],
      generationConfig: {
        responseModalities: ['IMAGE'],
        ...(aspectRatio && { imageConfig: { aspectRatio } }),
      },
    },
    warnings: [],
  }),
  read: (reply) => ({ type: 'done', result: fromContent(reply) }),
}

function fromContent(reply: AskReply): Drawing {
  const { candidates = [], promptFeedback, usageMetadata, modelVersion, responseId } = objectOf(reply) as WireResponse
  const [candidate] = candidates
  const parts = candidate?.content?.parts ?? []
  const images = parts.flatMap(toDrawn)
  const filtered = images.length > 0 ? undefined : whyNot(candidate, promptFeedback, parts)
  return {
    images,
    filtered,
    usage: toUsage(usageMetadata),
    ...(modelVersion && { model: modelVersion }),
    ...(responseId && { id: responseId }),
  }
}

/** Sketches of a model that thinks are no result. */
const toDrawn = ({ inlineData, thought }: WirePart): Drawn[] => {
  const { data, mimeType } = inlineData ?? {}
  return data && !thought && mimeType?.startsWith('image/') ? [{ media: { base64: data, mediaType: mimeType } }] : []
}

/** A model that draws nothing says why in words, or by the reason for which it ended. */
function whyNot(
  candidate: NonNullable<WireResponse['candidates']>[number] | undefined,
  feedback: WireResponse['promptFeedback'],
  parts: readonly WirePart[],
): string {
  const blocked = feedback?.blockReason && `the prompt was blocked (${feedback.blockReason})`
  const words = parts.flatMap(({ text }) => text ?? []).join('')
  const { finishMessage, finishReason } = candidate ?? {}
  const said = finishMessage ?? (words === '' ? undefined : words.slice(0, 500))
  return blocked ?? said ?? `the answer ended without a picture (${finishReason ?? 'no reason given'})`
}

interface Prediction {
  readonly bytesBase64Encoded?: string
  readonly mimeType?: string
  readonly prompt?: string
  readonly raiFilteredReason?: string
}

/** Imagen. */
export const predicted: Format = {
  request: ({ prompt, count, aspectRatio, seed, negativePrompt, format }, { model }) => ({
    path: `/models/${model}:predict`,
    body: {
      instances: [{ prompt }],
      parameters: defined({
        sampleCount: count,
        aspectRatio,
        // A seed is refused where pictures carry a watermark, as they do by default.
        ...(seed !== undefined && { seed, addWatermark: false }),
        negativePrompt,
        includeRaiReason: true,
        outputOptions: format && { mimeType: `image/${format}` },
      }),
    },
    warnings: [],
  }),
  read: (reply) => ({ type: 'done', result: fromPredictions(reply) }),
}

function fromPredictions(reply: AskReply): Drawing {
  const { predictions = [] } = objectOf(reply) as { predictions?: readonly Prediction[] }
  const images = predictions.flatMap(({ bytesBase64Encoded: base64, mimeType: mediaType, prompt }) =>
    base64 ? [{ media: { base64, mediaType }, ...(prompt && { revisedPrompt: prompt }) }] : [],
  )
  const reasons = predictions.flatMap(({ raiFilteredReason }) => raiFilteredReason ?? [])
  const silent = images.length === 0 && reasons.length === 0
  const filtered = silent ? 'all pictures were filtered, no reason was given' : reasons.join(' ') || undefined
  return { images, filtered }
}
