import { AnyModelError, type SpeechCall, type Warning } from '@anymodel/core'
import { defined } from '../../media/defined.ts'
import { audioTypes, pcmType, primaryLanguage, wavHeader } from '../../media/voiced.ts'
import type { SpeechFormat } from '../../protocol.ts'
import { errorCodes } from './errors.ts'

const sampleRate = 24_000

/** Its names of our formats. */
const formats: Readonly<Partial<Record<NonNullable<SpeechCall['format']>, string>>> = {
  mp3: 'mp3_44100_128',
  opus: 'opus_48000_128',
  pcm: `pcm_${sampleRate}`,
  wav: `pcm_${sampleRate}`,
}

export const elevenlabsSpeechFormat: SpeechFormat = {
  errorCodes,
  request({ text, voice, speed, language, seed, format = 'mp3' }, { model }) {
    if (!voice)
      throw new AnyModelError(
        'invalid-argument',
        'ElevenLabs needs a voice: give the id of one, as its list of voices shows it.',
      )
    const message = `ElevenLabs has no ${format}: it sends mp3.`
    const warnings: Warning[] = formats[format] ? [] : [{ option: 'format', message }]
    const sent = formats[format] ? format : 'mp3'
    const bare = sent === 'pcm' || sent === 'wav'
    return {
      path: `/v1/text-to-speech/${encodeURIComponent(voice)}/stream?output_format=${formats[sent]}`,
      body: {
        text,
        model_id: model,
        ...defined({ seed, language_code: language && primaryLanguage(language) }),
        ...(speed !== undefined && { voice_settings: { speed } }),
      },
      mediaType: sent === 'pcm' ? pcmType(sampleRate) : audioTypes[sent],
      ...(bare && { sampleRate }),
      ...(sent === 'wav' && { header: wavHeader(sampleRate) }),
      warnings,
    }
  },
  told(headers) {
    const cost = Number(headers['character-cost'])
    return {
      id: headers['request-id'],
      ...(Number.isFinite(cost) && { usage: { raw: { characters: cost } }, details: { characters: cost } }),
    }
  },
}
