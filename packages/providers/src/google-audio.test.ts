import { generateSpeech, transcribe } from '@anymodel/core'
import { describe, expect, it } from 'vitest'
import { azureSpeech } from './azure-speech.ts'
import { google } from './google.ts'
import { type Reply, serve } from './testing/service.ts'

const apiKey = 'secret-key-12345678'
const audio = { data: Buffer.from('RIFF....WAVEfmt '), mediaType: 'audio/wav' }

const events = (...values: unknown[]): Reply => ({
  type: 'text/event-stream',
  text: values.map((value) => `data: ${JSON.stringify(value)}\r\n\r\n`).join(''),
})
const part = (value: object, more: object = {}) => ({ candidates: [{ content: { parts: [value] }, ...more }] })
const samples = (...bytes: number[]) =>
  part({ inlineData: { mimeType: 'audio/L16;codec=pcm;rate=16000', data: Buffer.from(bytes).toString('base64') } })
const end = {
  candidates: [{ finishReason: 'STOP' }],
  usageMetadata: { promptTokenCount: 4, candidatesTokenCount: 9, totalTokenCount: 13 },
  responseId: 'r',
}

describe('speech of Gemini', () => {
  it('is a WAV file of the samples, at the rate that they say', async () => {
    const { origin, seen } = await serve(() => events(samples(1, 2), samples(3, 4), end))
    const model = google({ apiKey, baseURL: origin }).speech('gemini-3.8-flash-tts')
    const result = await generateSpeech({
      model,
      text: 'Hello',
      instructions: 'Say cheerfully:',
      language: 'de-DE',
      seed: 3,
    })
    const bytes = Buffer.from(result.audio.data)
    expect([result.audio.mediaType, bytes.length, bytes.readUInt32LE(24), bytes.readUInt32LE(40)]).toEqual([
      'audio/wav',
      48,
      16_000,
      4,
    ])
    expect(result).toMatchObject({ sampleRate: 16_000, usage: { input: 4, output: 9 }, response: { id: 'r' } })
    expect(seen[0]?.path).toBe('/models/gemini-3.8-flash-tts:streamGenerateContent?alt=sse')
    expect(seen[0]?.body).toEqual({
      contents: [{ role: 'user', parts: [{ text: 'Say cheerfully:\n\nHello' }] }],
      generationConfig: {
        responseModalities: ['AUDIO'],
        speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: 'Kore' } }, languageCode: 'de-DE' },
        seed: 3,
      },
    })
  })

  it('is bare samples when asked, and WAV with a warning where another format is', async () => {
    const { origin } = await serve(() => events(samples(1, 2), end))
    const model = google({ apiKey, baseURL: origin }).speech('gemini-3.8-flash-tts')
    const bare = await generateSpeech({ model, text: 'x', format: 'pcm' })
    expect([...bare.audio.data]).toEqual([1, 2])
    const other = await generateSpeech({ model, text: 'x', format: 'mp3' })
    expect([other.audio.mediaType, other.warnings[0]?.option]).toEqual(['audio/wav', 'format'])
  })

  it.each([
    ['truncated', [samples(1, 2)]],
    ['content-filter', [{ promptFeedback: { blockReason: 'SAFETY' } }]],
    ['content-filter', [samples(1, 2), { candidates: [{ finishReason: 'PROHIBITED_CONTENT' }] }]],
    ['malformed', [part({ text: 'I only write.' }), end]],
    ['rate-limit', [{ error: { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'later' } }]],
  ])('is a %s error where it is not whole', async (code, values) => {
    const { origin } = await serve(() => events(...values))
    const model = google({ apiKey, baseURL: origin }).speech('gemini-3.8-flash-tts')
    await expect(generateSpeech({ model, text: 'x' })).rejects.toMatchObject({ code, provider: 'google' })
  })
})

describe('transcription by Gemini', () => {
  it('sends the sound with the wish, and streams the text without thoughts', async () => {
    const { origin, seen } = await serve(() =>
      events(part({ text: 'hm', thought: true }), part({ text: 'Guten ' }), part({ text: 'Tag.' }), end),
    )
    const model = google({ apiKey, baseURL: origin }).transcription('gemini-3.5-transcribe')
    const result = await transcribe({ model, audio, language: 'de', prompt: 'Kraków', temperature: 0 })
    expect(result).toMatchObject({ text: 'Guten Tag.', language: 'de', usage: { input: 4, output: 9 } })
    const { systemInstruction, contents, generationConfig } = seen[0]?.body ?? {}
    expect(JSON.stringify(systemInstruction)).toMatch(/word for word.*tag de.*Krak/)
    expect(contents).toEqual([
      { role: 'user', parts: [{ inlineData: { mimeType: 'audio/wav', data: audio.data.toString('base64') } }] },
    ])
    expect(generationConfig).toEqual({ temperature: 0 })
  })

  it('tells a transcript that breaks off', async () => {
    const { origin } = await serve(() => events(part({ text: 'Guten' })))
    const model = google({ apiKey, baseURL: origin }).transcription('gemini-3.8-flash')
    await expect(transcribe({ model, audio })).rejects.toMatchObject({ code: 'truncated', partial: { text: 'Guten' } })
  })
})

describe('speech of Azure', () => {
  it('is asked for in SSML that the text cannot leave', async () => {
    const { origin, seen } = await serve(() => ({ bytes: Buffer.from('sound'), type: 'audio/ogg' }))
    const model = azureSpeech({ apiKey, baseURL: origin }).speech('de-AT-IngridNeural')
    const result = await generateSpeech({ model, text: 'a </voice> & "b" \u0001\ud800', speed: 1.2, format: 'opus' })
    expect(result.audio.mediaType).toBe('audio/ogg')
    expect(seen[0]).toMatchObject({
      path: '/cognitiveservices/v1',
      headers: {
        'ocp-apim-subscription-key': apiKey,
        'x-microsoft-outputformat': 'ogg-24khz-16bit-mono-opus',
        'content-type': 'application/ssml+xml',
      },
    })
    expect(Buffer.from(seen[0]?.text ?? '', 'latin1').toString()).toBe(
      '<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="de-AT"><voice name="de-AT-IngridNeural"><prosody rate="1.2">a &lt;/voice&gt; &amp; &quot;b&quot; \ufffd</prosody></voice></speak>',
    )
  })

  it('says what a status means', async () => {
    const { origin } = await serve(() => ({ status: 401, text: '', type: 'text/plain' }))
    const model = azureSpeech({ apiKey, baseURL: origin }).speech('en-US-AvaMultilingualNeural')
    await expect(generateSpeech({ model, text: 'x' })).rejects.toMatchObject({ code: 'auth', provider: 'azure-speech' })
  })
})
