import { generateSpeech, streamSpeech, streamTranscription, transcribe } from '@anymodel/core'
import { describe, expect, it } from 'vitest'
import { groq } from './groq.ts'
import { openai } from './openai.ts'
import { openaiCompatible } from './openai-compatible.ts'
import { type Reply, type Seen, serve } from './testing/service.ts'

const key = 'sk-test-12345678'
const sound = Buffer.from('ID3 not really a song')
const wav = Buffer.from('RIFF....WAVEfmt ')

async function service(answer: (seen: Seen) => Reply) {
  const { seen, origin } = await serve(answer)
  return { seen, at: openai({ apiKey: key, baseURL: origin }), groq: groq({ apiKey: key, baseURL: origin }), origin }
}

const events = (...values: unknown[]): Reply => ({
  type: 'text/event-stream',
  text: values.map((value) => `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\r\n\r\n`).join(''),
})

/** The plain fields of a form, by name. */
function formOf({ text }: Seen): Record<string, string[]> {
  const fields: Record<string, string[]> = {}
  for (const [, name, value] of text.matchAll(/name="([^"]+)"(?:; filename="[^"]*"\r\n[^\r]*)?\r\n\r\n([^\r]*)\r\n/g)) {
    fields[name as string] = [...(fields[name as string] ?? []), value as string]
  }
  return fields
}

describe('speech by the audio API', () => {
  it('asks for what the portable options say and gives the bytes', async () => {
    const { at, seen } = await service(() => ({ bytes: sound, type: 'audio/mpeg' }))
    const { audio, warnings } = await generateSpeech({
      model: at.speech('tts-1'),
      text: 'Hello',
      voice: 'nova',
      speed: 1.5,
      instructions: 'Whisper.',
    })
    expect(audio).toMatchObject({ mediaType: 'audio/mpeg' })
    expect(Buffer.from(audio.data)).toEqual(sound)
    expect(seen[0]?.path).toBe('/audio/speech')
    expect(seen[0]?.body).toEqual({ model: 'tts-1', input: 'Hello', voice: 'nova', response_format: 'mp3', speed: 1.5 })
    expect(warnings.map(({ option }) => option)).toEqual(['instructions'])
  })

  it('reads events, which tell the usage', async () => {
    const { at, seen } = await service(() =>
      events(
        { type: 'speech.audio.delta', audio: sound.subarray(0, 5).toString('base64') },
        { type: 'speech.audio.delta', audio: sound.subarray(5).toString('base64') },
        { type: 'speech.audio.done', usage: { input_tokens: 3, output_tokens: 7, total_tokens: 10 } },
      ),
    )
    const stream = streamSpeech({
      model: at.speech('gpt-4o-mini-tts'),
      text: 'Hello',
      format: 'pcm',
      voice: 'voice_12',
    })
    const fragments: Uint8Array[] = []
    for await (const fragment of stream.audioStream) fragments.push(fragment)
    expect(fragments).toHaveLength(2)
    expect(Buffer.concat(fragments)).toEqual(sound)
    const { usage, sampleRate, audio } = await stream.result
    expect(usage).toMatchObject({ input: 3, output: 7, total: 10 })
    expect([sampleRate, audio.mediaType]).toEqual([24_000, 'audio/pcm;rate=24000;channels=1'])
    expect(seen[0]?.body).toMatchObject({ stream_format: 'sse', voice: { id: 'voice_12' } })
  })

  it('tells sound that breaks off, and an answer that is none', async () => {
    const half = await service(() => events({ type: 'speech.audio.delta', audio: 'AAAA' }))
    await expect(generateSpeech({ model: half.at.speech('gpt-4o-mini-tts'), text: 'x' })).rejects.toMatchObject({
      code: 'truncated',
    })
    const empty = await service(() => ({ bytes: Buffer.alloc(0), type: 'audio/mpeg' }))
    await expect(generateSpeech({ model: empty.at.speech('tts-1'), text: 'x' })).rejects.toMatchObject({
      code: 'malformed',
    })
    const failed = await service(() => ({ json: { error: { message: 'voice is unknown', code: 'invalid_value' } } }))
    await expect(generateSpeech({ model: failed.at.speech('tts-1'), text: 'x' })).rejects.toThrow(/voice is unknown/)
  })

  it('says what the service says of a wrong key, without the key', async () => {
    const { at } = await service(() => ({
      status: 401,
      json: { error: { message: `Incorrect API key: ${key}`, code: 'invalid_api_key' } },
    }))
    const error = await generateSpeech({ model: at.speech('tts-1'), text: 'x' }).catch((thrown: Error) => thrown)
    expect(error).toMatchObject({ code: 'auth', provider: 'openai', model: 'tts-1', status: 401 })
    expect(String(error)).not.toContain(key)
  })

  it('ends with the reason of an abort', async () => {
    const { at } = await service(() => ({ bytes: sound, type: 'audio/mpeg' }))
    const reason = new Error('enough')
    const signal = AbortSignal.abort(reason)
    await expect(generateSpeech({ model: at.speech('tts-1'), text: 'x', signal })).rejects.toBe(reason)
    await expect(transcribe({ model: at.transcription('whisper-1'), audio: wav, signal })).rejects.toBe(reason)
  })
})

describe('transcription by the audio API', () => {
  it('gives text, segments with their words, language and length', async () => {
    const { at, seen } = await service(() => ({
      json: {
        task: 'transcribe',
        language: 'german',
        duration: 4.5,
        text: 'Guten Tag. Wie geht es?',
        segments: [
          { id: 0, start: 0, end: 2, text: ' Guten Tag.' },
          { id: 1, start: 2, end: 4.5, text: ' Wie geht es?' },
        ],
        words: ['Guten', 'Tag', 'Wie', 'geht', 'es'].map((word, n) => ({ word, start: n, end: n + 0.5 })),
        usage: { type: 'duration', seconds: 5 },
      },
    }))
    const result = await transcribe({
      model: at.transcription('whisper-1'),
      audio: wav,
      language: 'de-AT',
      prompt: 'Grüße',
      words: true,
      speakers: true,
    })
    expect(result).toMatchObject({ text: 'Guten Tag. Wie geht es?', language: 'de', seconds: 4.5 })
    expect(result.segments.map(({ text, words }) => [text, words?.map((word) => word.text)])).toEqual([
      ['Guten Tag.', ['Guten', 'Tag']],
      ['Wie geht es?', ['Wie', 'geht', 'es']],
    ])
    expect(result.warnings.map(({ option }) => option)).toEqual(['speakers'])
    expect(formOf(seen[0] as Seen)).toMatchObject({
      model: ['whisper-1'],
      response_format: ['verbose_json'],
      language: ['de'],
      'timestamp_granularities[]': ['word', 'segment'],
    })
    expect(seen[0]?.text).toContain('filename="file.wav"')
  })

  it('translates at the other address', async () => {
    const { at, seen } = await service(() => ({
      json: { text: 'Hello.', language: 'english', duration: 1, segments: [] },
    }))
    expect((await transcribe({ model: at.transcription('whisper-1'), audio: wav, task: 'translate' })).text).toBe(
      'Hello.',
    )
    expect(seen[0]?.path).toBe('/audio/translations')
  })

  it('streams text while it comes', async () => {
    const { at, seen } = await service(() =>
      events(
        { type: 'transcript.text.delta', delta: 'Good' },
        { type: 'transcript.text.delta', delta: ' day.' },
        {
          type: 'transcript.text.done',
          text: 'Good day.',
          usage: { type: 'tokens', input_tokens: 9, output_tokens: 2, total_tokens: 11 },
        },
        '[DONE]',
      ),
    )
    const stream = streamTranscription({ model: at.transcription('gpt-4o-transcribe'), audio: wav })
    const fragments: string[] = []
    for await (const text of stream.textStream) fragments.push(text)
    expect(fragments).toEqual(['Good', ' day.'])
    expect((await stream.result).usage).toMatchObject({ input: 9, output: 2 })
    expect(formOf(seen[0] as Seen)).toMatchObject({ stream: ['true'], response_format: ['json'] })
  })

  it('names speakers, whose text comes in segments', async () => {
    const { at, seen } = await service(() =>
      events(
        { type: 'transcript.text.segment', id: 's1', start: 0, end: 1, text: 'Hi.', speaker: 'A' },
        { type: 'transcript.text.segment', id: 's2', start: 1, end: 2, text: 'Hello.', speaker: 'B' },
        { type: 'transcript.text.done', text: 'Hi. Hello.' },
      ),
    )
    const result = await transcribe({
      model: at.transcription('gpt-4o-transcribe-diarize'),
      audio: wav,
      speakers: true,
    })
    expect(result.text).toBe('Hi. Hello.')
    expect(result.segments.map(({ text, speaker }) => [speaker, text])).toEqual([
      ['A', 'Hi.'],
      ['B', 'Hello.'],
    ])
    expect(formOf(seen[0] as Seen)).toMatchObject({ chunking_strategy: ['auto'], response_format: ['diarized_json'] })
  })

  it('tells a transcript that breaks off, and errors in the stream', async () => {
    const half = await service(() => events({ type: 'transcript.text.delta', delta: 'Good' }))
    await expect(transcribe({ model: half.at.transcription('gpt-4o-transcribe'), audio: wav })).rejects.toMatchObject({
      code: 'truncated',
      partial: { text: 'Good' },
    })
    const failed = await service(() =>
      events({ error: { message: 'overloaded', type: 'server_error', code: 'server_error' } }),
    )
    await expect(transcribe({ model: failed.at.transcription('gpt-4o-transcribe'), audio: wav })).rejects.toThrow(
      /overloaded/,
    )
    const odd = await service(() => ({ json: { words: 1 } }))
    await expect(transcribe({ model: odd.at.transcription('whisper-1'), audio: wav })).rejects.toMatchObject({
      code: 'malformed',
    })
  })

  it('sends bare samples as a file', async () => {
    const { at, seen } = await service(() => ({ json: { text: 'x', segments: [] } }))
    const audio = { data: new Uint8Array(8), mediaType: 'audio/pcm;rate=8000;channels=2' }
    await transcribe({ model: at.transcription('whisper-1'), audio })
    const { text = '' } = seen[0] ?? {}
    const file = Buffer.from(text.slice(text.indexOf('RIFF')), 'latin1')
    expect([
      file.toString('latin1', 8, 12),
      file.readUInt32LE(24),
      file.readUInt16LE(22),
      file.readUInt32LE(40),
    ]).toEqual(['WAVE', 8_000, 2, 8])
  })

  it('is spoken by Groq and by any server of that API', async () => {
    const {
      groq: at,
      seen,
      origin,
    } = await service(() => ({ json: { text: 'Hi', language: 'English', segments: [] } }))
    const turbo = await transcribe({ model: at.transcription('whisper-large-v3-turbo'), audio: wav, task: 'translate' })
    expect(turbo).toMatchObject({ text: 'Hi', language: 'en' })
    expect(turbo.warnings.map(({ option }) => option)).toEqual(['task'])
    const house = openaiCompatible({ name: 'house', baseURL: origin })
    expect((await transcribe({ model: house.transcription('whisper'), audio: wav })).text).toBe('Hi')
    expect(seen.map(({ path }) => path)).toEqual(['/audio/transcriptions', '/audio/transcriptions'])
  })
})
