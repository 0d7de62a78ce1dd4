import type { JsonObject, Warning } from '@anymodel/core'
import { defined } from '../../media/defined.ts'
import { audioTypes, pcmType, wavHeader } from '../../media/voiced.ts'
import type { SpeechFormat } from '../../protocol.ts'
import { audioAnswer } from './audio-answer.ts'

/** Of its samples, unless they say otherwise. */
const sampleRate = 24_000

/** It sends bare samples: a file is made of them here. */
export const geminiSpeechFormat: SpeechFormat = {
  request({ text, voice = 'Kore', language, instructions, format = 'wav', seed }, { model }) {
    const bare = format === 'pcm'
    const message = `Gemini sends samples, no ${format}: the sound is a WAV file.`
    const warnings: Warning[] = bare || format === 'wav' ? [] : [{ option: 'format', message }]
    const speechConfig: JsonObject = {
      voiceConfig: { prebuiltVoiceConfig: { voiceName: voice } },
      ...defined({ languageCode: language }),
    }
    return {
      path: `/models/${model}:streamGenerateContent?alt=sse`,
      body: {
        contents: [{ role: 'user', parts: [{ text: instructions ? `${instructions}\n\n${text}` : text }] }],
        generationConfig: { responseModalities: ['AUDIO'], speechConfig, ...defined({ seed }) },
      },
      mediaType: bare ? pcmType(sampleRate) : audioTypes.wav,
      sampleRate,
      warnings,
    }
  },
  events({ target, call }) {
    const answer = audioAnswer(target)
    let begun = call.format === 'pcm'
    return {
      event(value) {
        const sounds = answer.parts(value).flatMap(({ inlineData }) => (inlineData?.data ? [inlineData] : []))
        if (sounds.length === 0) return undefined
        const samples = sounds.map(({ data = '' }) => Buffer.from(data, 'base64'))
        if (begun) return Buffer.concat(samples)
        begun = true
        const rate = /rate=(\d+)/.exec(sounds[0]?.mimeType ?? '')?.[1]
        return Buffer.concat([wavHeader(Number(rate ?? sampleRate)), ...samples])
      },
      end: () => answer.end(),
    }
  },
}
