import { AnyModelError, type Usage } from '@anymodel/core'
import { defined } from '../../media/defined.ts'
import { audioTypes, pcmType } from '../../media/voiced.ts'
import type { SpeechFormat } from '../../protocol.ts'
import { Reported } from '../../reported.ts'
import { toUsage, type WireUsage } from './usage.ts'

/** Samples of its `pcm`. */
const sampleRate = 24_000

interface WireEvent {
  readonly type?: string
  readonly audio_data?: string
  readonly usage?: WireUsage
  readonly error?: unknown
}

export const mistralSpeechFormat: SpeechFormat = {
  request({ text, voice, format = 'mp3' }, { model }) {
    return {
      path: '/audio/speech',
      body: { model, input: text, stream: true, response_format: format, ...defined({ voice_id: voice }) },
      mediaType: format === 'pcm' ? pcmType(sampleRate) : audioTypes[format],
      ...(format === 'pcm' && { sampleRate }),
      warnings: [],
    }
  },
  events({ target }) {
    let usage: Usage | undefined
    let done = false
    return {
      event(value) {
        const { type, audio_data: data, usage: counted, error } = value as WireEvent
        if (error) throw new Reported({ ...target, body: value })
        if (type === 'speech.audio.done') {
          done = true
          usage = counted && toUsage(counted)
        }
        return type === 'speech.audio.delta' && data ? Buffer.from(data, 'base64') : undefined
      },
      end() {
        if (!done) throw new AnyModelError('truncated', 'The sound broke off: its end did not come.')
        return { usage }
      },
    }
  },
}
