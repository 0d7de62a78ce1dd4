import { AnyModelError, type Json, type Usage } from '@anymodel/core'
import { defined } from '../../media/defined.ts'
import { audioTypes, pcmType, type SpeechAsk, type SpeechDecoder } from '../../media/voiced.ts'
import type { SpeechFormat } from '../../protocol.ts'
import { Reported } from '../../reported.ts'
import type { SpeechRule } from './dialect.ts'

/** Samples of its `pcm` and `wav`. */
const sampleRate = 24_000

export const speechFormat = (ruleOf: (model: string) => SpeechRule | undefined): SpeechFormat => ({
  request({ text, voice = 'alloy', instructions, format = 'mp3', speed }, { model }): SpeechAsk {
    const events = ruleOf(model)?.events
    return {
      path: '/audio/speech',
      body: {
        model,
        input: text,
        voice: /^voice_/.test(voice) ? { id: voice } : voice,
        response_format: format,
        ...defined({ instructions, speed, stream_format: events ? 'sse' : undefined }),
      },
      mediaType: format === 'pcm' ? pcmType(sampleRate) : audioTypes[format],
      ...(format === 'pcm' && { sampleRate }),
      warnings: [],
    }
  },
  events({ target }): SpeechDecoder {
    let usage: Usage | undefined
    let done = false
    return {
      event(value) {
        const { type, audio, usage: counted, error } = value as WireEvent
        if (error) throw new Reported({ ...target, body: value })
        if (type === 'speech.audio.done') {
          done = true
          usage = counted && toUsage(counted)
        }
        return type === 'speech.audio.delta' && audio ? Buffer.from(audio, 'base64') : undefined
      },
      end() {
        if (!done) throw new AnyModelError('truncated', 'The sound broke off: its end did not come.')
        return { usage }
      },
    }
  },
})

interface WireEvent {
  readonly type?: string
  readonly audio?: string
  readonly usage?: WireUsage
  readonly error?: unknown
}

/** Tokens, or seconds where those are billed. */
export interface WireUsage {
  readonly input_tokens?: number
  readonly output_tokens?: number
  readonly total_tokens?: number
  readonly seconds?: number
}

export const toUsage = (usage: WireUsage): Usage => ({
  input: usage.input_tokens,
  output: usage.output_tokens,
  total: usage.total_tokens,
  raw: usage as unknown as Json,
})
