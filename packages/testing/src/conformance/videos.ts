import assert from 'node:assert/strict'
import {
  generateVideo,
  isAnyModelError,
  type MediaFile,
  streamVideo,
  type VideoCall,
  type VideoEvent,
  type VideoKnob,
  type VideoModel,
  type VideoOptions,
  type VideoSupport,
} from '@anymodel/core'
import { type Case, failure, soon } from './case.ts'

/** What a case works with. */
export interface VideoContext {
  readonly model: VideoModel
}

type VideoCase = Case<VideoContext, VideoSupport>

export const prompt = 'waves on a beach'

const film = (model: VideoModel, options: Partial<VideoOptions> = {}) =>
  generateVideo({ model, prompt, ...options } as VideoOptions)

/** Everything that a model says, to its end. */
async function read(model: VideoModel, call: Partial<VideoCall> = {}): Promise<VideoEvent[]> {
  const events: VideoEvent[] = []
  for await (const event of model.film({ prompt, count: 1, ...call })) events.push(event)
  return events
}

export function checkVideo(video: MediaFile | undefined): asserts video is MediaFile {
  assert.ok(video, 'there must be a video')
  assert.match(video.mediaType, /^video\/|^image\/gif$/)
  assert.ok(video.data.length > 0, 'a video must have bytes')
}

/** The videos of a model, and what is said on the way. */
export const videos: readonly VideoCase[] = [
  {
    name: 'a video is a file of the type that it says',
    async run({ model }) {
      const { videos, response, usage } = await film(model)
      assert.equal(videos.length, 1)
      checkVideo(videos[0])
      assert.equal(response.provider, model.provider)
      const { raw: _raw, ...counts } = usage
      for (const [name, value] of Object.entries(counts))
        assert.ok(value === undefined || (Number.isInteger(value) && value > 0), `usage.${name} is ${String(value)}`)
    },
  },
  {
    name: 'the job comes first, then as many videos as were asked for, and one finish that is last',
    async run({ model }) {
      for (const count of new Set([1, model.supports.maxCount ?? 1])) {
        const events = await read(model, { count })
        const finishes = events.filter(({ type }) => type === 'finish')
        assert.deepEqual(finishes, [events.at(-1)], 'there must be one finish, and it must be last')
        const told = events.map(({ type }) => type).filter((type) => type === 'submitted' || type === 'video')
        assert.deepEqual(told, ['submitted', ...Array.from({ length: count }, () => 'video')])
        const indexes = events.flatMap((event) => (event.type === 'video' ? [event.index] : []))
        assert.deepEqual(indexes, [...indexes.keys()], 'there must be one video for each index')
      }
    },
  },
  {
    name: 'progress goes from 0 to 1 and never back',
    async run({ model }) {
      let last = 0
      for (const event of await read(model)) {
        if (event.type !== 'progress') continue
        assert.ok(event.fraction >= last && event.fraction <= 1, `progress goes from ${last} to ${event.fraction}`)
        last = event.fraction
      }
    },
  },
]

/** A value for every tuning option, of which every model that has it takes one. */
const values: Readonly<Partial<Record<VideoKnob, VideoCall[VideoKnob]>>> = {
  size: { width: 1280, height: 720 },
  aspectRatio: '16:9',
  resolution: '720p',
  seed: 3,
  negativePrompt: 'people',
  audio: false,
}

/** A picture of one pixel. */
const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgYGAAAAAEAAH2FzhVAAAAAElFTkSuQmCC',
  'base64',
)

/** What input from outside may look like. */
const odd = ['\u0000', '🙂👩‍👩‍👧', '\ud800', '"\r\n--\r\n\\', '日本語', 'sea '.repeat(10_000)]

export const videoRequests: readonly VideoCase[] = [
  {
    name: 'tuning options are honoured, or a warning names them',
    async run({ model }) {
      for (const [knob, value] of Object.entries(values)) {
        const { warnings } = await film(model, { [knob]: value })
        const isHonoured = model.supports.knobs?.includes(knob as VideoKnob)
        assert.equal(
          warnings.some(({ option }) => option === knob),
          !isHonoured,
          isHonoured ? `${knob} is declared: it needs no warning` : `${knob} is not declared: a warning must name it`,
        )
      }
    },
  },
  {
    name: 'pictures are taken where that is declared, and refused elsewhere',
    async run({ model }) {
      const { firstFrame, lastFrame, references = 0 } = model.supports
      const pictures: readonly (readonly [Partial<VideoOptions>, boolean | undefined])[] = [
        [{ firstFrame: pixel }, firstFrame],
        [{ firstFrame: pixel, lastFrame: pixel }, firstFrame && lastFrame],
        [{ references: [pixel] }, references > 0],
        [{ references: Array.from({ length: references + 1 }, () => pixel) }, false],
      ]
      for (const [options, isTaken] of pictures) {
        if (isTaken) checkVideo((await film(model, options)).videos[0])
        else assert.equal((await failure(film(model, options))).code, 'unsupported')
      }
    },
  },
  {
    name: 'a webhook is told where that is declared, and refused elsewhere',
    async run({ model }) {
      const told = film(model, { webhook: 'https://example.com/done?job=1' })
      if (model.supports.webhook) checkVideo((await told).videos[0])
      else assert.equal((await failure(told)).code, 'unsupported')
    },
  },
  {
    name: 'an odd prompt is filmed, or refused with an error of ours',
    async run({ model }) {
      for (const text of odd) {
        const error = await film(model, { prompt: text }).then(
          ({ videos }) => checkVideo(videos[0]),
          (thrown: unknown) => thrown,
        )
        assert.ok(
          error === undefined || isAnyModelError(error),
          `${JSON.stringify(text.slice(0, 20))}: ${String(error)}`,
        )
      }
    },
  },
]

/** Aborting and leaving: the caller gets the reason, the model is free for others. */
export const videoAborts: readonly VideoCase[] = [
  {
    name: 'an abort before the call rejects with the reason',
    async run({ model }) {
      const reason = new Error('changed my mind')
      const signal = AbortSignal.abort(reason)
      for (const attempt of [film(model, { signal }), read(model, { signal })])
        await assert.rejects(attempt, (error) => error === reason)
    },
  },
  {
    name: 'an abort while the service works rejects with the reason, and the next video comes',
    async run({ model }) {
      const controller = new AbortController()
      const stream = streamVideo({ model, prompt, signal: controller.signal })
      const reading = (async () => {
        for await (const event of stream) if (event.type === 'submitted') controller.abort('enough')
      })()
      await assert.rejects(soon(reading, 'the rejection', 30_000), (error) => error === 'enough')
      checkVideo((await soon(film(model), 'the next video', 30_000)).videos[0])
    },
  },
  {
    name: 'leaving the loop frees the model for the next call',
    async run({ model }) {
      for await (const event of model.film({ prompt, count: 1 })) if (event.type === 'submitted') break
      checkVideo((await soon(film(model), 'the next video', 30_000)).videos[0])
    },
  },
]
