import assert from 'node:assert/strict'
import {
  generateSpeech,
  isAnyModelError,
  type SpeechCall,
  type SpeechEvent,
  type SpeechKnob,
  type SpeechModel,
  type SpeechOptions,
  type SpeechSupport,
  streamSpeech,
} from '@anymodel/core'
import { type Case, failure, soon } from './case.ts'

/** What a case works with. */
export interface SpeechContext {
  readonly model: SpeechModel
  /** A voice that the model has. */
  readonly voice: string | undefined
}

type SpeechCase = Case<SpeechContext, SpeechSupport>

const text = 'One, two, three.'

const say = ({ model, voice }: SpeechContext, options: Partial<SpeechOptions> = {}) =>
  generateSpeech({ model, text, ...(voice !== undefined && { voice }), ...options })

/** Everything that a model says, to its end. */
async function read({ model, voice }: SpeechContext, call: Partial<SpeechCall> = {}): Promise<SpeechEvent[]> {
  const events: SpeechEvent[] = []
  for await (const event of model.speak({ text, ...(voice !== undefined && { voice }), ...call })) events.push(event)
  return events
}

const base64 = (data: Uint8Array): string => Buffer.from(data).toString('base64')

/** The sound of a model, and what is said on the way. */
export const sounds: readonly SpeechCase[] = [
  {
    name: 'speech is a file of sound of the type that it says',
    async run(context) {
      const { audio, response, usage, seconds } = await say(context)
      assert.match(audio.mediaType, /^audio\//)
      assert.ok(audio.data.length > 0, 'there must be sound')
      assert.equal(response.provider, context.model.provider)
      assert.ok(seconds === undefined || seconds >= 0)
      const { raw: _raw, ...counts } = usage
      for (const [name, value] of Object.entries(counts))
        assert.ok(value === undefined || Number.isInteger(value), `usage.${name} is ${String(value)}`)
    },
  },
  {
    name: 'the fragments are of one file, and there is one finish, which is last',
    async run(context) {
      const events = await read(context)
      assert.deepEqual(
        events.filter(({ type }) => type === 'finish'),
        [events.at(-1)],
      )
      const types = new Set(events.flatMap((event) => (event.type === 'audio' ? [event.mediaType] : [])))
      assert.equal(types.size, 1, `there must be one media type, not ${[...types].join(', ')}`)
    },
  },
  {
    name: 'the fragments of a stream are the file that the result has, but for the lengths in its header',
    async run({ model, voice }) {
      const stream = streamSpeech({ model, text, ...(voice !== undefined && { voice }) })
      const fragments: Uint8Array[] = []
      for await (const fragment of stream.audioStream) fragments.push(fragment)
      const { audio } = await stream.result
      const joined = Buffer.concat(fragments)
      assert.equal(joined.length, audio.data.length)
      assert.equal(base64(joined.subarray(44)), base64(audio.data.subarray(44)))
    },
  },
  {
    name: 'the same seed gives the same sound',
    unless: ({ knobs = [] }) => (knobs.includes('seed') ? undefined : 'the model has no seed'),
    async run(context) {
      const first = await say(context, { seed: 11 })
      assert.equal(base64((await say(context, { seed: 11 })).audio.data), base64(first.audio.data))
    },
  },
  {
    name: 'progress goes from 0 to 1 and never back',
    async run(context) {
      let last = 0
      for (const event of await read(context)) {
        if (event.type !== 'progress') continue
        assert.ok(event.fraction >= last && event.fraction <= 1, `progress goes from ${last} to ${event.fraction}`)
        last = event.fraction
      }
    },
  },
]

const values: Readonly<Partial<Record<SpeechKnob, SpeechCall[SpeechKnob]>>> = {
  speed: 1.2,
  language: 'en',
  instructions: 'Speak softly.',
  format: 'wav',
  seed: 3,
}

/** What input from outside may look like. */
const odd = ['\u0000', '🙂👩‍👩‍👧', 'مرحبا', '\ud800', '</voice><break/> & "', '日本語。', 'a'.repeat(3_000), '...']

export const speechRequests: readonly SpeechCase[] = [
  {
    name: 'tuning options are honoured, or a warning names them',
    async run(context) {
      const { knobs = [] } = context.model.supports
      for (const [knob, value] of Object.entries(values)) {
        const { warnings } = await say(context, { [knob]: value })
        const named = warnings.some(({ option }) => option === knob)
        assert.ok(knobs.includes(knob as SpeechKnob) || named, `${knob} was dropped without a warning`)
      }
    },
  },
  {
    name: 'without warnings wanted, an option that the model lacks is refused before anything is asked',
    async run(context) {
      const { knobs = [] } = context.model.supports
      for (const [knob, value] of Object.entries(values)) {
        if (knobs.includes(knob as SpeechKnob)) continue
        const error = await failure(say(context, { [knob]: value, onUnsupported: 'error' }))
        assert.equal(error.code, 'unsupported')
      }
    },
  },
  {
    name: 'any text is spoken or refused with an error of ours',
    async run(context) {
      for (const one of odd) {
        const error = await say(context, { text: one }).then(
          () => undefined,
          (thrown: unknown) => thrown,
        )
        assert.ok(
          error === undefined || isAnyModelError(error),
          `${JSON.stringify(one.slice(0, 20))}: ${String(error)}`,
        )
      }
    },
  },
]

/** Aborting and leaving: the caller gets the reason, the model is free for others. */
export const speechAborts: readonly SpeechCase[] = [
  {
    name: 'an abort before the call rejects with the reason',
    async run(context) {
      const reason = new Error('changed my mind')
      const signal = AbortSignal.abort(reason)
      for (const attempt of [say(context, { signal }), read(context, { signal })])
        await assert.rejects(attempt, (error) => error === reason)
    },
  },
  {
    name: 'an abort on the way rejects with the reason or comes too late, and the model speaks on',
    async run(context) {
      const controller = new AbortController()
      const reading = (async () => {
        for await (const event of context.model.speak({
          text,
          ...(context.voice !== undefined && { voice: context.voice }),
          signal: controller.signal,
        }))
          if (event.type === 'notice' || event.type === 'audio') controller.abort('enough')
      })()
      await soon(reading, 'the end', 30_000).catch((error: unknown) => assert.equal(error, 'enough'))
      assert.ok((await soon(say(context), 'the next speech', 30_000)).audio.data.length > 0)
    },
  },
  {
    name: 'leaving the loop frees the model for the next call',
    async run(context) {
      for await (const _event of context.model.speak({
        text,
        ...(context.voice !== undefined && { voice: context.voice }),
      }))
        break
      assert.ok((await soon(say(context), 'the next speech', 30_000)).audio.data.length > 0)
    },
  },
]
