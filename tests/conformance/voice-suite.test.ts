import type { SpeechEvent, SpeechModel, TranscriptionEvent, TranscriptionModel } from '@anymodel/core'
import { testSpeechModel, testTranscriptionModel } from '@anymodel/testing'
import { describe, expect, it } from 'vitest'

type Body = (context?: { skip(): void }) => Promise<void>

/** Makes every sound another one. */
let count = 0

const response = { provider: 'test', model: 'tone' }
const wav = (seed: number) => Buffer.concat([Buffer.from('RIFF'), Buffer.alloc(60, seed)])

/** A model that does all that the suite asks for. */
const speaks: SpeechModel = {
  provider: 'test',
  id: 'tone',
  supports: { knobs: ['seed'] },
  async *speak({ seed = 0, signal }): AsyncGenerator<SpeechEvent> {
    signal?.throwIfAborted()
    yield { type: 'progress', fraction: 0.5 }
    yield { type: 'audio', mediaType: 'audio/wav', data: wav(seed).subarray(0, 50) }
    signal?.throwIfAborted()
    yield { type: 'audio', mediaType: 'audio/wav', data: wav(seed).subarray(50) }
    yield { type: 'finish', usage: {}, response }
  },
}

const listens: TranscriptionModel = {
  provider: 'test',
  id: 'tone',
  supports: { knobs: ['words', 'speakers'] },
  async *transcribe({ words, speakers, signal }): AsyncGenerator<TranscriptionEvent> {
    signal?.throwIfAborted()
    yield { type: 'text', text: 'One. ' }
    yield { type: 'text', text: 'Two.' }
    for (const [at, text] of ['One.', 'Two.'].entries()) {
      const span = { text, start: at, end: at + 0.5, ...(speakers && { speaker: 'A' }) }
      yield { type: 'segment', segment: { ...span, ...(words && { words: [span] }) } }
    }
    signal?.throwIfAborted()
    yield { type: 'finish', usage: {}, response }
  },
}

/** The cases of a suite, not run. */
function casesOf(declare: (runner: { describe: never; test: never }) => void): Map<string, Body> {
  const cases = new Map<string, Body>()
  const test = Object.assign((name: string, body: Body) => void cases.set(name, body), { skip: () => {} })
  declare({ describe: ((_name: string, body: () => void) => body()) as never, test: test as never })
  return cases
}

async function failing(cases: Map<string, Body>): Promise<string[]> {
  const failed: string[] = []
  for (const [name, body] of cases) await body().catch(() => failed.push(name))
  return failed
}

const speechFails = (model: SpeechModel) =>
  failing(casesOf((runner) => testSpeechModel({ ...runner, name: 'x', make: () => model, timeout: 5_000 })))
const transcriptionFails = (model: TranscriptionModel) => {
  const audio = { data: wav(1), mediaType: 'audio/wav' }
  return failing(
    casesOf((runner) => testTranscriptionModel({ ...runner, name: 'x', make: () => model, audio, timeout: 5_000 })),
  )
}

/** The model with its events changed. */
const speaking = (change: (events: SpeechEvent[]) => SpeechEvent[], supports = speaks.supports): SpeechModel => ({
  ...speaks,
  supports,
  async *speak(call) {
    const events: SpeechEvent[] = []
    for await (const event of speaks.speak(call)) events.push(event)
    yield* change(events)
  },
})
const listening = (
  change: (events: TranscriptionEvent[]) => TranscriptionEvent[],
  supports = listens.supports,
): TranscriptionModel => ({
  ...listens,
  supports,
  async *transcribe(call) {
    const events: TranscriptionEvent[] = []
    for await (const event of listens.transcribe(call)) events.push(event)
    yield* change(events)
  },
})

describe('the suite for speech', () => {
  it('passes a model that does all of it', async () => {
    expect(await speechFails(speaks)).toEqual([])
  })

  it.each<[string, SpeechModel, RegExp]>([
    [
      'two media types',
      speaking((events) =>
        events.map((event, at) => (event.type === 'audio' && at > 1 ? { ...event, mediaType: 'audio/mpeg' } : event)),
      ),
      /of one file/,
    ],
    ['two finishes', speaking((events) => [...events, ...events.slice(-1)]), /one finish/],
    ['no sound', speaking((events) => events.filter(({ type }) => type !== 'audio')), /file of sound/],
    [
      'a type that is no sound',
      speaking((events) =>
        events.map((event) => (event.type === 'audio' ? { ...event, mediaType: 'text/plain' } : event)),
      ),
      /file of sound/,
    ],
    ['progress that goes back', speaking((events) => [{ type: 'progress', fraction: 0.9 }, ...events]), /progress/],
    [
      'a seed that does nothing',
      speaking((events) => events.map((event) => (event.type === 'audio' ? { ...event, data: wav(++count) } : event))),
      /same seed/,
    ],
    [
      'an abort that is not heard',
      { ...speaks, speak: (call) => speaks.speak({ ...call, signal: new AbortController().signal }) },
      /abort before/,
    ],
    [
      'errors of its own for odd texts',
      {
        ...speaks,
        speak: (call) => {
          if (call.text === '...') throw new TypeError('odd')
          return speaks.speak(call)
        },
      },
      /any text/,
    ],
  ])('fails one with %s', async (_, model, name) => {
    expect((await speechFails(model)).join('\n')).toMatch(name)
  })
})

describe('the suite for transcription', () => {
  it('passes a model that does all of it', async () => {
    expect(await transcriptionFails(listens)).toEqual([])
  })

  const segments = (change: (segment: Extract<TranscriptionEvent, { type: 'segment' }>['segment']) => object) =>
    listening((events) =>
      events.map((event) =>
        event.type === 'segment'
          ? ({ ...event, segment: { ...event.segment, ...change(event.segment) } } as TranscriptionEvent)
          : event,
      ),
    )

  it.each<[string, TranscriptionModel, RegExp]>([
    ['no text', listening((events) => events.filter(({ type }) => type !== 'text')), /has text/],
    ['two finishes', listening((events) => [...events, ...events.slice(-1)]), /one finish/],
    [
      'segments before their text',
      listening((events) => [...events.slice(2, 4), ...events.slice(0, 2), ...events.slice(4)]),
      /after their text/,
    ],
    ['times that go back', segments(({ start }) => ({ start: 2 - start, end: 5 })), /go forward/],
    ['words that nobody asked for', segments((span) => ({ words: [span] })), /only there/],
    ['no words', segments(() => ({ words: [] })), /words have their times/],
    ['nameless speakers', segments(() => ({ speaker: undefined })), /speakers are named/],
    [
      'an abort that is not heard',
      { ...listens, transcribe: (call) => listens.transcribe({ ...call, signal: new AbortController().signal }) },
      /abort before/,
    ],
    [
      'errors of its own for odd bytes',
      {
        ...listens,
        transcribe: (call) => {
          if (call.audio.data.length === 1) throw new TypeError('odd')
          return listens.transcribe(call)
        },
      },
      /no sound/,
    ],
  ])('fails one with %s', async (_, model, name) => {
    expect((await transcriptionFails(model)).join('\n')).toMatch(name)
  })
})
