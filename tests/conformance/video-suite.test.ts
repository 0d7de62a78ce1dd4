import { AnyModelError, type VideoEvent, type VideoJob, type VideoModel } from '@anymodel/core'
import { testVideoModel } from '@anymodel/testing'
import { describe, expect, it } from 'vitest'

type Body = (context?: { skip(): void }) => Promise<void>

const mp4 = Buffer.from([0, 0, 0, 16, ...Buffer.from('ftypisom'), 0, 0, 0, 0])
const who = { provider: 'test', model: 'waves' }

const finish: VideoEvent = { type: 'finish', usage: {}, response: who }
const film = (index: number): VideoEvent => ({ type: 'video', index, mediaType: 'video/mp4', data: mp4 })

/** A model that does all that the suite asks for. */
function sound(): VideoModel {
  const cancelled = new Set<unknown>()
  const answer = async function* (job: VideoJob, count: number, signal?: AbortSignal): AsyncGenerator<VideoEvent> {
    signal?.throwIfAborted()
    yield { type: 'submitted', job }
    for (const fraction of [0.2, 0.9]) {
      signal?.throwIfAborted()
      yield { type: 'progress', fraction }
    }
    if (cancelled.has(job.job)) throw new AnyModelError('server', 'The job was cancelled.')
    for (let index = 0; index < count; index++) yield film(index)
    yield finish
  }
  const check = ({ provider, model, job }: VideoJob): void => {
    if (provider !== who.provider || model !== who.model || typeof job !== 'string')
      throw new AnyModelError('invalid-argument', 'That is no job of this model.')
  }
  let made = 0
  return {
    provider: who.provider,
    id: who.model,
    supports: { maxCount: 2, firstFrame: true, lastFrame: true, references: 1, webhook: true, knobs: ['seed', 'size'] },
    film: ({ count, signal }) => answer({ ...who, job: `j${++made}` }, count, signal),
    async *resume(job, call) {
      check(job ?? {})
      yield* answer(job, 1, call?.signal)
    },
    async cancel({ job }) {
      cancelled.add(job)
    },
  }
}

/** The cases of the suite for a model, not run. */
function casesFor(model: VideoModel): Map<string, Body> {
  const cases = new Map<string, Body>()
  const test = Object.assign((name: string, body: Body) => void cases.set(name, body), { skip: () => {} })
  testVideoModel({ describe: (_name, body) => body(), test, name: 'changed', make: () => model, timeout: 5_000 })
  return cases
}

/** The same model, its events sent through a function. */
function through(change: (event: VideoEvent) => readonly VideoEvent[]): VideoModel {
  const model = sound()
  const changed = async function* (events: AsyncIterable<VideoEvent>) {
    for await (const event of events) yield* change(event)
  }
  return {
    ...model,
    film: (call) => changed(model.film(call)),
    resume: (job, call) => changed(model.resume(job, call)),
  }
}

const inOrder = 'the job comes first, then as many videos as were asked for, and one finish that is last'
const ofType = 'a video is a file of the type that it says'

/** Models that are wrong in one way, and the case that must find it. */
const mutants: readonly (readonly [string, string, VideoModel])[] = [
  ['finishes twice', inOrder, through((event) => (event.type === 'finish' ? [event, event] : [event]))],
  ['tells no job', inOrder, through((event) => (event.type === 'submitted' ? [] : [event]))],
  ['gives one video too few', inOrder, through((event) => (event.type === 'video' && event.index > 0 ? [] : [event]))],
  [
    'goes back',
    'progress goes from 0 to 1 and never back',
    through((event) => (event.type === 'progress' ? [event, { type: 'progress', fraction: 0.1 }] : [event])),
  ],
  [
    'gives an empty file',
    ofType,
    through((event) => (event.type === 'video' ? [{ ...event, data: new Uint8Array() }] : [event])),
  ],
  [
    'says 0 where nothing was counted',
    ofType,
    through((event) => (event.type === 'finish' ? [{ ...event, usage: { input: 0 } }] : [event])),
  ],
  [
    'has handles that are no JSON',
    'a handle is plain JSON with which another process goes on',
    through((event) =>
      event.type === 'submitted' ? [{ ...event, job: { ...event.job, job: { at: new Date() } as never } }] : [event],
    ),
  ],
  [
    'takes any handle',
    'a handle of another model, a broken one and none are refused',
    {
      ...sound(),
      resume: () => sound().film({ prompt: 'x', count: 1 }),
    },
  ],
  [
    'does not cancel',
    'a job that is cancelled does not end as if nothing had happened',
    {
      ...sound(),
      cancel: async () => {},
    },
  ],
  [
    'passes over pictures that it declares',
    'pictures are taken where that is declared, and refused elsewhere',
    {
      ...sound(),
      film({ firstFrame, ...call }) {
        if (firstFrame) throw new AnyModelError('unsupported', 'No pictures.')
        return sound().film(call)
      },
    },
  ],
  [
    'never sees the signal',
    'an abort before the call rejects with the reason',
    {
      ...sound(),
      film: ({ signal: _signal, ...call }) => sound().film(call),
    },
  ],
]

const run = (model: VideoModel, name: string): Promise<void> => {
  const body = casesFor(model).get(name)
  if (!body) throw new Error(`There is no case "${name}".`)
  return body()
}

describe('the suite of video models', () => {
  it('has nothing to say against one that is right', async () => {
    for (const [name, body] of casesFor(sound())) await expect(body(), name).resolves.toBeUndefined()
  })

  it.each(mutants)('finds one that %s', async (_what, name, model) => {
    await expect(run(model, name)).rejects.toThrow()
  })
})
