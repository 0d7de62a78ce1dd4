import type { SpeechCall, Warning } from '@anymodel/core'
import { audioTypes, pcmType } from '../../media/voiced.ts'
import type { SpeechFormat } from '../../protocol.ts'

const sampleRate = 24_000

/** Its names of our formats. */
const formats: Readonly<Partial<Record<NonNullable<SpeechCall['format']>, string>>> = {
  mp3: 'audio-24khz-96kbitrate-mono-mp3',
  wav: 'riff-24khz-16bit-mono-pcm',
  pcm: 'raw-24khz-16bit-mono-pcm',
  opus: 'ogg-24khz-16bit-mono-opus',
}

export const azureSpeechFormat: SpeechFormat = {
  request(call, { model }) {
    const { format = 'mp3' } = call
    const message = `Azure has no ${format}: it sends mp3.`
    const warnings: Warning[] = formats[format] ? [] : [{ option: 'format', message }]
    const sent = formats[format] ? format : 'mp3'
    return {
      path: '/cognitiveservices/v1',
      file: { mediaType: 'application/ssml+xml', data: Buffer.from(toSsml(call, model)) },
      headers: { 'x-microsoft-outputformat': formats[sent] ?? '', 'user-agent': 'anymodel' },
      mediaType: sent === 'pcm' ? pcmType(sampleRate) : audioTypes[sent],
      ...(sent === 'pcm' && { sampleRate }),
      warnings,
    }
  },
}

/** The text as SSML, which it can't be part of: every mark of it is escaped. */
function toSsml({ text, voice, speed, language }: SpeechCall, model: string): string {
  const name = voice ?? model
  const own = /^[a-z]{2,3}-[A-Z]{2}/.exec(name)?.[0] ?? 'en-US'
  const spoken = language ? `<lang xml:lang="${escaped(language)}">${escaped(text)}</lang>` : escaped(text)
  const paced = speed === undefined ? spoken : `<prosody rate="${speed}">${spoken}</prosody>`
  return `<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="${own}"><voice name="${escaped(name)}">${paced}</voice></speak>`
}

const marks: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }

/** Characters that XML can't hold are left out. */
const escaped = (text: string): string =>
  Buffer.from(text)
    .toString()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: XML forbids them
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replace(/[&<>"']/g, (mark) => marks[mark] ?? mark)
