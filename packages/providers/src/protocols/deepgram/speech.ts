import type { SpeechCall } from '@anymodel/core'
import { audioTypes, pcmType } from '../../media/voiced.ts'
import type { SpeechFormat } from '../../protocol.ts'
import { errorCodes } from './errors.ts'
import { query } from './query.ts'

const sampleRate = 24_000

/** Its words for our formats. */
const formats: Readonly<Record<NonNullable<SpeechCall['format']>, Readonly<Record<string, string | number>>>> = {
  mp3: { encoding: 'mp3' },
  opus: { encoding: 'opus', container: 'ogg' },
  flac: { encoding: 'flac' },
  aac: { encoding: 'aac' },
  wav: { encoding: 'linear16', container: 'wav', sample_rate: sampleRate },
  pcm: { encoding: 'linear16', container: 'none', sample_rate: sampleRate },
}

export const deepgramSpeechFormat: SpeechFormat = {
  errorCodes,
  request: ({ text, format = 'mp3', speed, extra }, { model }) => ({
    path: `/v1/speak?${query({ model, ...formats[format], speed, ...extra })}`,
    // As a file: what is `extra` belongs into the query alone.
    file: { mediaType: 'application/json', data: Buffer.from(JSON.stringify({ text })) },
    mediaType: format === 'pcm' ? pcmType(sampleRate) : audioTypes[format],
    ...(format === 'pcm' && { sampleRate }),
    warnings: [],
  }),
  told(headers) {
    const characters = Number(headers['dg-char-count'])
    return {
      id: headers['dg-request-id'],
      ...(headers['dg-char-count'] !== undefined && { usage: { raw: { characters } }, details: { characters } }),
    }
  },
}
