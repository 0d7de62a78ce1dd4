import type { VideoCall, Warning } from '@anymodel/core'
import { dataUrl } from '../../media/data-url.ts'
import { defined } from '../../media/defined.ts'
import type { FirstAsk } from '../../media/steps.ts'
import { lengthFor } from '../../media/video-length.ts'
import type { Target, VideoFormat } from '../../protocol.ts'
import { sizeFor } from '../openai-images/size.ts'
import { ruleFor } from './rules.ts'
import { readTask } from './task.ts'

export const runwayFilming: VideoFormat = {
  errorCodes: { 'ASSET.INVALID': 'bad-request', 'INPUT_PREPROCESSING.INTERNAL': 'server' },
  request: toTask,
  read: readTask,
}

/** With a picture and without are two requests. */
function toTask(call: VideoCall, { model }: Target): FirstAsk {
  const { firstFrame, lastFrame, references } = call
  const { ratio, duration, warnings } = shape(call, model)
  const frames = [
    ...(firstFrame ? [{ uri: dataUrl(firstFrame), position: 'first' }] : []),
    ...(lastFrame ? [{ uri: dataUrl(lastFrame), position: 'last' }] : []),
  ]
  const body = defined({
    model,
    promptText: call.prompt,
    ratio,
    duration,
    seed: call.seed,
    audio: call.audio,
    ...(frames.length > 0 && { promptImage: frames }),
    ...(references && { references: references.map((file) => ({ uri: dataUrl(file) })) }),
  })
  return { path: frames.length > 0 ? '/image_to_video' : '/text_to_video', body, warnings }
}

function shape(call: VideoCall, model: string) {
  const { sizes, lengths, usual } = ruleFor(model)
  const { size, warning } = sizeFor(call, sizes ? { sizes } : {})
  const length = lengthFor(call.seconds ?? usual?.seconds, lengths)
  const warnings = [warning, length.warning].filter((one): one is Warning => one !== undefined)
  const pixels = size ? `${size.width}:${size.height}` : usual?.size?.replace('x', ':')
  const ratio = sizes || call.size ? pixels : (call.aspectRatio ?? pixels)
  return { ratio, duration: length.seconds, warnings }
}
