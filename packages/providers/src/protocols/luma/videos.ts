import { defined } from '../../media/defined.ts'
import { lengthFor } from '../../media/video-length.ts'
import type { VideoFormat } from '../../protocol.ts'
import { readGeneration } from './generation.ts'

const lengths = [5, 9] as const

export const lumaFilming: VideoFormat = {
  request({ prompt, aspectRatio, resolution, seconds, webhook }, { model }) {
    const length = lengthFor(seconds, lengths)
    const body = defined({
      model,
      prompt,
      aspect_ratio: aspectRatio,
      resolution: resolution === '2160p' ? '4k' : resolution,
      duration: length.seconds && `${length.seconds}s`,
      callback_url: webhook,
    })
    return { path: '/generations/video', body, warnings: length.warning ? [length.warning] : [] }
  },
  read(reply, context) {
    const step = readGeneration(reply, context)
    if (step.type === 'ask') return step
    const { id, video: url } = step.result
    if (reply.asked.method !== 'GET')
      return { type: 'ask', ask: { path: `/generations/${id}`, method: 'GET' }, wait: true }
    return { type: 'done', result: { id, videos: url ? [{ url }] : [] } }
  },
}
