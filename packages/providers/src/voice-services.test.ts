import { generateSpeech, transcribe } from '@anymodel/core'
import { describe, expect, it } from 'vitest'
import { assemblyai } from './assemblyai.ts'
import { deepgram } from './deepgram.ts'
import { elevenlabs } from './elevenlabs.ts'
import { mistral } from './mistral.ts'
import { type Reply, type Seen, serve } from './testing/service.ts'

const apiKey = 'secret-key-12345678'
const sound = Buffer.from('not really a song')
const audio = { data: Buffer.from('RIFF....WAVEfmt '), mediaType: 'audio/wav' }

const events = (...values: unknown[]): Reply => ({
  type: 'text/event-stream',
  text: values.map((value) => `event: x\ndata: ${JSON.stringify(value)}\n\n`).join(''),
})
const field = ({ text }: Seen, name: string) => new RegExp(`name="${name}"\\r\\n\\r\\n([^\\r]*)\\r\\n`).exec(text)?.[1]

describe('ElevenLabs', () => {
  it('speaks with a voice by its id and says what it cost', async () => {
    const { origin, seen } = await serve(() => ({
      bytes: sound,
      type: 'audio/mpeg',
      headers: { 'character-cost': '5', 'request-id': 'r1' },
    }))
    const model = elevenlabs({ apiKey, baseURL: origin }).speech('eleven_v3')
    const result = await generateSpeech({
      model,
      text: 'Hello',
      voice: 'a/b',
      speed: 1.1,
      language: 'de-AT',
      seed: 7,
      format: 'wav',
    })
    expect(result.audio.mediaType).toBe('audio/wav')
    expect(Buffer.from(result.audio.data.subarray(44))).toEqual(sound)
    expect(result.seconds).toBeCloseTo(sound.length / 48_000)
    expect(result.response).toMatchObject({ id: 'r1', details: { characters: 5 } })
    expect(seen[0]).toMatchObject({
      path: '/v1/text-to-speech/a%2Fb/stream?output_format=pcm_24000',
      headers: { 'xi-api-key': apiKey },
      body: { text: 'Hello', model_id: 'eleven_v3', seed: 7, language_code: 'de', voice_settings: { speed: 1.1 } },
    })
  })

  it('asks for a voice, and warns of a format that the service lacks', async () => {
    const { origin } = await serve(() => ({ bytes: sound, type: 'audio/mpeg' }))
    const model = elevenlabs({ apiKey, baseURL: origin }).speech('eleven_v3')
    await expect(generateSpeech({ model, text: 'x' })).rejects.toMatchObject({ code: 'invalid-argument' })
    const { audio: file, warnings } = await generateSpeech({ model, text: 'x', voice: 'v', format: 'flac' })
    expect([file.mediaType, warnings[0]?.option]).toEqual(['audio/mpeg', 'format'])
  })

  it('makes segments of its words', async () => {
    const word = (text: string, start: number, speaker: string, type = 'word') => ({
      text,
      start,
      end: start + 0.4,
      type,
      speaker_id: speaker,
    })
    const { origin, seen } = await serve(() => ({
      json: {
        language_code: 'deu',
        text: 'Guten Tag. Hallo!',
        words: [word('Guten', 0, 'a'), word(' ', 0.4, 'a', 'spacing'), word('Tag.', 0.5, 'a'), word('Hallo!', 1, 'b')],
      },
    }))
    const model = elevenlabs({ apiKey, baseURL: origin }).transcription('scribe_v2')
    const result = await transcribe({ model, audio, speakers: true, words: true })
    expect(result).toMatchObject({ text: 'Guten Tag. Hallo!', language: 'de' })
    expect(result.segments.map(({ text, speaker, words }) => [text, speaker, words?.length])).toEqual([
      ['Guten Tag.', 'a', 2],
      ['Hallo!', 'b', 1],
    ])
    expect([field(seen[0] as Seen, 'model_id'), field(seen[0] as Seen, 'diarize')]).toEqual(['scribe_v2', 'true'])
  })

  it.each([
    [401, { detail: { status: 'invalid_api_key', message: `Invalid ${apiKey}` } }, 'auth', /Invalid \[redacted\]/],
    [401, { detail: { status: 'quota_exceeded', message: 'no credits' } }, 'quota', /no credits/],
    [422, { detail: [{ loc: ['body', 'text'], msg: 'field required' }] }, 'bad-request', /body\.text: field required/],
    [404, { detail: { status: 'voice_not_found', message: 'no such voice' } }, 'not-found', /no such voice/],
  ])('says what status %i means', async (status, json, code, message) => {
    const { origin } = await serve(() => ({ status, json }))
    const model = elevenlabs({ apiKey, baseURL: origin }).speech('eleven_v3')
    const error = await generateSpeech({ model, text: 'x', voice: 'v' }).catch((thrown: Error) => thrown)
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) })
  })
})

describe('Deepgram', () => {
  it('speaks and takes its options in the query', async () => {
    const { origin, seen } = await serve(() => ({
      bytes: sound,
      type: 'audio/mpeg',
      headers: { 'dg-request-id': 'r2', 'dg-char-count': '5' },
    }))
    const model = deepgram({ apiKey, baseURL: origin }).speech('aura-2-thalia-en')
    const result = await generateSpeech({ model, text: 'Hello', format: 'opus', extra: { bit_rate: 48_000 } })
    expect(result.audio.mediaType).toBe('audio/ogg')
    expect(result.response).toMatchObject({ id: 'r2', details: { characters: 5 } })
    expect(seen[0]).toMatchObject({
      path: '/v1/speak?model=aura-2-thalia-en&encoding=opus&container=ogg&bit_rate=48000',
      headers: { authorization: `Token ${apiKey}` },
    })
    expect(seen[0]?.text).toBe('{"text":"Hello"}')
  })

  it('gives utterances as segments', async () => {
    const words = [{ word: 'hi', punctuated_word: 'Hi.', start: 0, end: 0.5, speaker: 1 }]
    const { origin, seen } = await serve(() => ({
      json: {
        metadata: { request_id: 'r3', duration: 2.5 },
        results: {
          channels: [{ detected_language: 'en', alternatives: [{ transcript: 'Hi.', words }] }],
          utterances: [{ transcript: 'Hi.', start: 0, end: 0.5, speaker: 1, words }],
        },
      },
    }))
    const model = deepgram({ apiKey, baseURL: origin }).transcription('nova-3')
    const result = await transcribe({ model, audio, words: true, speakers: true, extra: { keyterm: ['a', 'b'] } })
    expect(result).toMatchObject({ text: 'Hi.', language: 'en', seconds: 2.5, response: { id: 'r3' } })
    expect(result.segments).toEqual([
      { text: 'Hi.', start: 0, end: 0.5, speaker: '1', words: [{ text: 'Hi.', start: 0, end: 0.5, speaker: '1' }] },
    ])
    expect(seen[0]).toMatchObject({
      path: '/v1/listen?model=nova-3&smart_format=true&utterances=true&detect_language=true&diarize=true&keyterm=a&keyterm=b',
      headers: { 'content-type': 'audio/wav' },
      text: audio.data.toString('latin1'),
    })
  })

  it.each([
    [401, { err_code: 'INVALID_AUTH', err_msg: 'Invalid credentials.', request_id: 'x' }, 'auth'],
    [402, { err_code: 'ASR_PAYMENT_REQUIRED', err_msg: 'no credit' }, 'quota'],
    [429, { err_code: 'TOO_MANY_REQUESTS', err_msg: 'slow down' }, 'rate-limit'],
    [400, { err_code: 'Bad Request', err_msg: 'corrupt or unsupported data' }, 'bad-request'],
    [200, { results: {} }, 'malformed'],
  ])('says what status %i means', async (status, json, code) => {
    const { origin } = await serve(() => ({ status, json }))
    const model = deepgram({ apiKey, baseURL: origin }).transcription('nova-3')
    await expect(transcribe({ model, audio })).rejects.toMatchObject({ code })
  })
})

describe('AssemblyAI', () => {
  const jobs = { first: 1, most: 2 }

  it('uploads, begins a job and looks until it is done', async () => {
    const { origin, seen } = await serve(({ path }, times, at) => {
      if (path === '/v2/upload') return { json: { upload_url: `${at}/files/1` } }
      if (path === '/v2/transcript') return { json: { id: 't 1', status: 'queued' } }
      if (times < 2) return { json: { id: 't 1', status: 'processing' } }
      const words = [{ text: 'Hi.', start: 10, end: 500, speaker: 'A' }]
      return {
        json: {
          id: 't 1',
          status: 'completed',
          text: 'Hi.',
          language_code: 'en_us',
          audio_duration: 3,
          words,
          utterances: [{ ...words[0], words }],
        },
      }
    })
    const model = assemblyai({ apiKey, baseURL: origin, jobs }).transcription('universal-3-pro')
    const result = await transcribe({ model, audio, language: 'en-US', speakers: true, extra: { punctuate: false } })
    expect(result).toMatchObject({ text: 'Hi.', language: 'en-us', seconds: 3, response: { id: 't 1' } })
    expect(result.segments).toEqual([{ text: 'Hi.', start: 0.01, end: 0.5, speaker: 'A' }])
    expect(seen.map(({ path }) => path)).toEqual([
      '/v2/upload',
      '/v2/transcript',
      ...Array(3).fill('/v2/transcript/t%201'),
    ])
    expect(seen[0]?.text).toBe(audio.data.toString('latin1'))
    expect(seen[1]?.body).toEqual({
      audio_url: `${origin}/files/1`,
      speech_models: ['universal-3-pro'],
      language_code: 'en_us',
      speaker_labels: true,
      punctuate: false,
    })
    expect(seen.every(({ headers }) => headers.authorization === apiKey)).toBe(true)
  })

  it('says why a job failed, and ends with the reason of an abort', async () => {
    const failing = await serve(({ path }) =>
      path === '/v2/upload'
        ? { json: { upload_url: 'https://cdn/x' } }
        : { json: { id: 'a', status: 'error', error: 'File is not audio' } },
    )
    const bad = assemblyai({ apiKey, baseURL: failing.origin, jobs }).transcription('universal-2')
    await expect(transcribe({ model: bad, audio })).rejects.toMatchObject({
      code: 'bad-request',
      retryable: false,
      message: expect.stringContaining('File is not audio'),
    })
    const endless = await serve(({ path }) =>
      path === '/v2/upload' ? { json: { upload_url: 'https://cdn/x' } } : { json: { id: 'a', status: 'processing' } },
    )
    const reason = new Error('enough')
    const signal = AbortSignal.timeout(300)
    Object.defineProperty(signal, 'reason', { value: reason })
    const slow = assemblyai({ apiKey, baseURL: endless.origin, jobs }).transcription('universal-2')
    await expect(transcribe({ model: slow, audio, signal })).rejects.toBe(reason)
  })
})

describe('Mistral', () => {
  it('streams a transcript with segments', async () => {
    const { origin, seen } = await serve(() =>
      events(
        { type: 'transcription.language', audio_language: 'fr' },
        { type: 'transcription.text.delta', text: 'Bon' },
        { type: 'transcription.text.delta', text: 'jour.' },
        { type: 'transcription.segment', text: ' Bonjour.', start: 0, end: 1, speaker_id: 's1' },
        {
          type: 'transcription.done',
          model: 'voxtral',
          text: 'Bonjour.',
          language: null,
          segments: [],
          usage: { prompt_tokens: 4, completion_tokens: 2, total_tokens: 6, prompt_audio_seconds: 3 },
        },
      ),
    )
    const model = mistral({ apiKey, baseURL: origin }).transcription('voxtral-mini-latest')
    const result = await transcribe({ model, audio, speakers: true })
    expect(result).toMatchObject({ text: 'Bonjour.', language: 'fr', seconds: 3, usage: { input: 4, output: 2 } })
    expect(result.segments).toEqual([{ text: 'Bonjour.', start: 0, end: 1, speaker: 's1' }])
    expect([field(seen[0] as Seen, 'stream'), field(seen[0] as Seen, 'timestamp_granularities')]).toEqual([
      'true',
      'segment',
    ])
  })

  it('gives words, for which it leaves the language out', async () => {
    const { origin, seen } = await serve(() => ({
      json: {
        text: 'Oui. Non.',
        language: 'fr',
        segments: [
          { text: 'Oui.', start: 0, end: 1 },
          { text: ' Non.', start: 1, end: 2 },
        ],
      },
    }))
    const model = mistral({ apiKey, baseURL: origin }).transcription('voxtral-mini-latest')
    const result = await transcribe({ model, audio, words: true, language: 'fr' })
    expect(result.words.map(({ text }) => text)).toEqual(['Oui.', 'Non.'])
    expect(result.segments).toHaveLength(2)
    expect(result.warnings.map(({ option }) => option)).toEqual(['language'])
    expect(field(seen[0] as Seen, 'language')).toBeUndefined()
  })

  it('speaks', async () => {
    const { origin, seen } = await serve(() =>
      events(
        { type: 'speech.audio.delta', audio_data: sound.toString('base64') },
        { type: 'speech.audio.done', usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 } },
      ),
    )
    const { audio: file, usage } = await generateSpeech({
      model: mistral({ apiKey, baseURL: origin }).speech('voxtral-tts'),
      text: 'Oui',
      voice: 'v',
    })
    expect(Buffer.from(file.data)).toEqual(sound)
    expect(usage).toMatchObject({ input: 1, output: 2 })
    expect(seen[0]?.body).toEqual({
      model: 'voxtral-tts',
      input: 'Oui',
      stream: true,
      response_format: 'mp3',
      voice_id: 'v',
    })
  })
})
