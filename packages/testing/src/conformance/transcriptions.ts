import assert from 'node:assert/strict'
import {
  isAnyModelError,
  streamTranscription,
  type TranscribeOptions,
  type Transcript,
  type TranscriptionCall,
  type TranscriptionEvent,
  type TranscriptionKnob,
  type TranscriptionModel,
  type TranscriptionSupport,
  transcribe,
} from '@anymodel/core'
import { type Case, failure, soon } from './case.ts'

/** What a case works with. */
export interface TranscriptionContext {
  readonly model: TranscriptionModel
  readonly audio: TranscriptionCall['audio']
}

type TranscriptionCase = Case<TranscriptionContext, TranscriptionSupport>

const hear = ({ model, audio }: TranscriptionContext, options: Partial<TranscribeOptions> = {}) =>
  transcribe({ model, audio, ...options } as TranscribeOptions)

/** Everything that a model says, to its end. */
async function read(
  { model, audio }: TranscriptionContext,
  call: Partial<TranscriptionCall> = {},
): Promise<TranscriptionEvent[]> {
  const events: TranscriptionEvent[] = []
  for await (const event of model.transcribe({ audio, ...call })) events.push(event)
  return events
}

const has =
  (knob: TranscriptionKnob) =>
  ({ knobs = [] }: TranscriptionSupport): string | undefined =>
    knobs.includes(knob) ? undefined : `the model has no ${knob}`

/** Times go forward, and every stretch has words. */
function checkTimes(
  stretches: readonly { readonly text: string; readonly start: number; readonly end: number }[],
): void {
  let last = 0
  for (const { text, start, end } of stretches) {
    assert.ok(text.trim() !== '', 'a stretch must have a text')
    assert.ok(start >= last && end >= start, `${start} to ${end} comes after ${last}`)
    last = start
  }
}

/** The transcript of a model, and what is said on the way. */
export const transcripts: readonly TranscriptionCase[] = [
  {
    name: 'a transcript has text, and times that go forward where it has times',
    async run(context) {
      const { text, segments, response, seconds }: Transcript = await hear(context)
      assert.ok(text !== '' && text === text.trim())
      checkTimes(segments)
      assert.ok(seconds === undefined || seconds > 0)
      assert.equal(response.provider, context.model.provider)
    },
  },
  {
    name: 'there is one finish, which is last, and segments come after their text',
    async run(context) {
      const events = await read(context)
      assert.deepEqual(
        events.filter(({ type }) => type === 'finish'),
        [events.at(-1)],
      )
      let text = ''
      for (const event of events) {
        if (event.type === 'text') text += event.text
        if (event.type === 'segment') assert.ok(text.replace(/\s/g, '').includes(event.segment.text.replace(/\s/g, '')))
      }
    },
  },
  {
    name: 'the fragments of a stream are the text that the result has',
    async run({ model, audio }) {
      const stream = streamTranscription({ model, audio })
      let text = ''
      for await (const fragment of stream.textStream) text += fragment
      assert.equal(text.trim(), (await stream.result).text)
    },
  },
  {
    name: 'words have their times where they are asked for, and only there',
    unless: has('words'),
    async run(context) {
      const { words } = await hear(context, { words: true })
      assert.ok(words.length > 0, 'there must be words')
      checkTimes(words)
      assert.equal((await hear(context)).words.length, 0)
    },
  },
  {
    name: 'speakers are named where they are asked for',
    unless: has('speakers'),
    async run(context) {
      const { segments } = await hear(context, { speakers: true })
      assert.ok(segments.length > 0 && segments.every(({ speaker }) => speaker !== undefined))
    },
  },
]

const values: Readonly<Record<TranscriptionKnob, TranscriptionCall[TranscriptionKnob]>> = {
  language: 'en',
  prompt: 'counting',
  task: 'translate',
  words: true,
  speakers: true,
  temperature: 0.2,
}

export const transcriptionRequests: readonly TranscriptionCase[] = [
  {
    name: 'tuning options are honoured, or a warning names them',
    async run(context) {
      const { knobs = [] } = context.model.supports
      for (const [knob, value] of Object.entries(values)) {
        const { warnings } = await hear(context, { [knob]: value })
        const named = warnings.some(({ option }) => option === knob)
        assert.ok(knobs.includes(knob as TranscriptionKnob) || named, `${knob} was dropped without a warning`)
      }
    },
  },
  {
    name: 'without warnings wanted, an option that the model lacks is refused before anything is asked',
    async run(context) {
      const { knobs = [] } = context.model.supports
      for (const [knob, value] of Object.entries(values)) {
        if (knobs.includes(knob as TranscriptionKnob)) continue
        const error = await failure(hear(context, { [knob]: value, onUnsupported: 'error' }))
        assert.equal(error.code, 'unsupported')
      }
    },
  },
  {
    name: 'bytes that are no sound are written down or refused with an error of ours',
    async run(context) {
      for (const data of [new Uint8Array(1), Buffer.from('RIFF'), new Uint8Array(5_000).fill(255)]) {
        const error = await hear(context, { audio: { data, mediaType: 'audio/wav' } }).then(
          () => undefined,
          (thrown: unknown) => thrown,
        )
        assert.ok(error === undefined || isAnyModelError(error), String(error))
      }
    },
  },
]

/** Aborting and leaving: the caller gets the reason, the model is free for others. */
export const transcriptionAborts: readonly TranscriptionCase[] = [
  {
    name: 'an abort before the call rejects with the reason',
    async run(context) {
      const reason = new Error('changed my mind')
      const signal = AbortSignal.abort(reason)
      for (const attempt of [hear(context, { signal }), read(context, { signal })])
        await assert.rejects(attempt, (error) => error === reason)
    },
  },
  {
    name: 'an abort on the way rejects with the reason or comes too late, and the model listens on',
    async run(context) {
      const controller = new AbortController()
      const reading = (async () => {
        for await (const _event of context.model.transcribe({ audio: context.audio, signal: controller.signal }))
          controller.abort('enough')
      })()
      await soon(reading, 'the end', 30_000).catch((error: unknown) => assert.equal(error, 'enough'))
      assert.ok((await soon(hear(context), 'the next transcript', 30_000)).text !== '')
    },
  },
  {
    name: 'leaving the loop frees the model for the next call',
    async run(context) {
      for await (const _event of context.model.transcribe({ audio: context.audio })) break
      assert.ok((await soon(hear(context), 'the next transcript', 30_000)).text !== '')
    },
  },
]
