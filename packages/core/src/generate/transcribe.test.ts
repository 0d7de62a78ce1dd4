import { describe, expect, it } from 'vitest'
import type { TranscriptionCall, TranscriptionEvent, TranscriptionModel } from '../contract/transcription.ts'
import { streamTranscription } from './stream-transcription.ts'
import { toSrt, toVtt } from './subtitles.ts'
import { transcribe } from './transcribe.ts'

const response = { provider: 'mock', model: 'm' }
const word = { text: 'Hello.', start: 0.5, end: 1 }
const script: TranscriptionEvent[] = [
  { type: 'progress', fraction: 0.5 },
  { type: 'text', text: ' Hello.' },
  { type: 'segment', segment: { text: 'Hello.', start: 0.5, end: 1, words: [word] } },
  { type: 'text', text: ' Bye.' },
  { type: 'segment', segment: { text: 'Bye.', start: 1, end: 2 } },
  { type: 'finish', language: 'en', seconds: 2, usage: { output: 2 }, response },
]

function model(events: readonly (TranscriptionEvent | Error)[] = script, knobs: 'all' | 'none' = 'all') {
  const calls: TranscriptionCall[] = []
  const made: TranscriptionModel = {
    provider: 'mock',
    id: 'm',
    supports: { knobs: knobs === 'all' ? ['language', 'prompt', 'task', 'words', 'speakers', 'temperature'] : [] },
    async *transcribe(call) {
      calls.push(call)
      for (const event of events) {
        call.signal?.throwIfAborted()
        if (event instanceof Error) throw event
        yield event
      }
    },
  }
  return { model: made, calls }
}

const wav = new Uint8Array(Buffer.from('RIFF\0\0\0\0WAVE'))

describe('transcribe', () => {
  it('gives text, segments, words and what the model knows', async () => {
    const { model: listens } = model()
    expect(await transcribe({ model: listens, audio: wav })).toEqual({
      text: 'Hello. Bye.',
      segments: [
        { text: 'Hello.', start: 0.5, end: 1, words: [word] },
        { text: 'Bye.', start: 1, end: 2 },
      ],
      words: [word],
      language: 'en',
      seconds: 2,
      usage: { output: 2 },
      warnings: [],
      attempts: [expect.objectContaining({ provider: 'mock', model: 'm', outcome: 'ok', usage: { output: 2 } })],
      response,
    })
  })

  it('hands over bytes with their media type, however they were given', async () => {
    const { model: listens, calls } = model()
    const base64 = Buffer.from(wav).toString('base64')
    for (const audio of [
      wav,
      `data:audio/wav;base64,${base64}`,
      base64,
      { data: wav, mediaType: 'audio/pcm;rate=8000' },
    ])
      await transcribe({ model: listens, audio })
    expect(calls.map(({ audio }) => [audio.mediaType, Buffer.from(audio.data).equals(wav)])).toEqual([
      ['audio/wav', true],
      ['audio/wav', true],
      ['audio/wav', true],
      ['audio/pcm;rate=8000', true],
    ])
  })

  it('leaves out what the model lacks, with a warning; nothing is said of what asks for nothing', async () => {
    const { model: listens, calls } = model(script, 'none')
    const given = {
      model: listens,
      audio: wav,
      language: 'de',
      words: true,
      speakers: false,
      task: 'transcribe',
    } as const
    expect((await transcribe(given)).warnings.map(({ option }) => option)).toEqual(['language', 'words'])
    expect(Object.keys(calls[0] ?? {})).toEqual(['audio'])
    await expect(transcribe({ ...given, onUnsupported: 'error' })).rejects.toMatchObject({ code: 'unsupported' })
    expect(calls).toHaveLength(1)
  })

  it.each<[string, object]>([
    ['no sound', { audio: undefined }],
    ['an empty file', { audio: new Uint8Array() }],
    ['a path', { audio: './talk.wav' }],
    ['a language in words', { language: 'german please' }],
    ['a task that is none', { task: 'sing' }],
    ['no model', { model: undefined }],
  ])('%s is an invalid argument', async (_name, wrong) => {
    const { model: listens, calls } = model()
    await expect(transcribe({ model: listens, audio: wav, ...wrong } as never)).rejects.toMatchObject({
      code: 'invalid-argument',
    })
    expect(calls).toHaveLength(0)
  })

  it('an answer without its end is truncated and has what came', async () => {
    await expect(transcribe({ ...model(script.slice(0, 3)), audio: wav })).rejects.toMatchObject({
      code: 'truncated',
      partial: { text: ' Hello.' },
    })
  })

  it('an abort rejects with its reason', async () => {
    const reason = new Error('enough')
    await expect(transcribe({ ...model(), audio: wav, signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })
})

describe('streamTranscription', () => {
  it('gives text while it comes, every event, and the result, to several readers', async () => {
    const { model: listens, calls } = model()
    const stream = streamTranscription({ model: listens, audio: wav })
    expect(calls).toHaveLength(0)
    const texts: string[] = []
    for await (const text of stream.textStream) texts.push(text)
    const events: TranscriptionEvent[] = []
    for await (const event of stream) events.push(event)
    expect(texts).toEqual([' Hello.', ' Bye.'])
    expect(events).toEqual(script)
    expect((await stream.result).text).toBe('Hello. Bye.')
    expect(calls).toHaveLength(1)
  })

  it('leaving the only loop aborts the model', async () => {
    const { model: listens, calls } = model()
    for await (const _event of streamTranscription({ model: listens, audio: wav })) break
    expect(calls[0]?.signal?.aborted).toBe(true)
  })
})

describe('subtitles', () => {
  const segments = [
    { text: ' One\n\n& <two> ', start: 0, end: 1.2345 },
    { text: 'Late.', start: 3_661.5, end: 360_000, speaker: 'Ann' },
  ]

  it('SubRip', () => {
    expect(toSrt(segments)).toBe(
      '1\n00:00:00,000 --> 00:00:01,235\nOne\n& <two>\n\n2\n01:01:01,500 --> 100:00:00,000\nLate.\n',
    )
  })

  it('WebVTT', () => {
    expect(toVtt(segments)).toBe(
      'WEBVTT\n\n00:00:00.000 --> 00:00:01.235\nOne\n&amp; &lt;two&gt;\n\n01:01:01.500 --> 100:00:00.000\n<v Ann>Late.\n',
    )
  })

  it('a time that is none is refused', () => {
    expect(() => toSrt([{ text: 'x', start: Number.NaN, end: 1 }])).toThrow(/no number of seconds/)
  })
})
