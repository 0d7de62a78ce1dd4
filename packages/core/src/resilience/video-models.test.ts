import { describe, expect, it } from 'vitest'
import type { VideoCall, VideoEvent, VideoJob, VideoModel, VideoSupport } from '../contract/video.ts'
import { AnyModelError, type ErrorCode } from '../errors.ts'
import { cancelVideo, generateVideo, resumeVideo, startVideo } from '../generate/generate-video.ts'
import { withFallback } from './fallback.ts'
import { withRetry } from './retry.ts'
import { withTimeout } from './timeout.ts'

const prompt = 'waves'
const mp4 = Uint8Array.from([0, 0, 0, 16, ...Buffer.from('ftypisom'), 0, 0, 0, 0])
const video: VideoEvent = { type: 'video', index: 0, mediaType: 'video/mp4', data: mp4 }
const failure = (code: ErrorCode) => new AnyModelError(code, `${code} happened.`, { retryAfter: 1 })

interface Filming extends VideoModel {
  readonly calls: VideoCall[]
  readonly resumed: VideoJob[]
  readonly cancelled: VideoJob[]
}

/** Plays a script per call after the handle of a job; the last one stays. */
function filming(
  id: string,
  scripts: (VideoEvent | Error | 'silent')[][] = [[video]],
  supports: VideoSupport = {},
): Filming {
  const calls: VideoCall[] = []
  const resumed: VideoJob[] = []
  const cancelled: VideoJob[] = []
  const job: VideoJob = { provider: 'test', model: id, job: 'j' }
  const play = async function* (script: (VideoEvent | Error | 'silent')[], signal?: AbortSignal) {
    yield { type: 'submitted', job } as const
    for (const step of script) {
      if (step instanceof Error) throw step
      if (step === 'silent') await new Promise((_, reject) => signal?.addEventListener('abort', reject))
      else yield step
    }
    yield { type: 'finish', usage: {}, response: { provider: 'test', model: id } } as const
  }
  return {
    provider: 'test',
    id,
    supports,
    calls,
    resumed,
    cancelled,
    film: (call) => play(scripts[Math.min(calls.push(call), scripts.length) - 1] ?? [], call.signal),
    resume(given, call) {
      resumed.push(given)
      return play([video], call?.signal)
    },
    cancel: async (given) => void cancelled.push(given),
  }
}

describe('withRetry', () => {
  it('begins a job anew that failed, for a handle is no content', async () => {
    const model = filming('a', [[failure('server')], [video]])
    const { videos, attempts } = await generateVideo({ model: withRetry(model), prompt })
    expect(videos).toHaveLength(1)
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['server', 'ok'])
  })

  it('never after a video came', async () => {
    const model = filming('a', [[video, failure('server')]])
    await expect(generateVideo({ model: withRetry(model), prompt })).rejects.toMatchObject({ code: 'server' })
    expect(model.calls).toHaveLength(1)
  })

  it('goes on with jobs and cancels them as the model does', async () => {
    const model = filming('a')
    const retrying = withTimeout(withRetry(model), { total: 5_000 })
    const job = await startVideo({ model: retrying, prompt })
    expect((await resumeVideo({ model: retrying, job })).videos).toHaveLength(1)
    await cancelVideo({ model: retrying, job })
    expect([model.resumed, model.cancelled]).toEqual([[job], [job]])
  })
})

describe('withTimeout', () => {
  it('ends a job that takes too long, and the first content is the video', async () => {
    for (const clock of ['firstContent', 'total'] as const) {
      const model = filming('a', [['silent']])
      const timed = withTimeout(model, { [clock]: 30 })
      await expect(generateVideo({ model: timed, prompt })).rejects.toMatchObject({ code: 'timeout', clock })
      expect(model.calls[0]?.signal?.aborted).toBe(true)
    }
  })
})

describe('withFallback', () => {
  it('goes to the next model, and finds the model of a job again', async () => {
    const a = filming('a', [[failure('quota')]])
    const b = filming('b')
    const model = withFallback([a, b])
    const { videos, response } = await generateVideo({ model, prompt })
    expect([videos.length, response.model]).toEqual([1, 'b'])
    const job: VideoJob = { provider: 'test', model: 'b', job: 'j' }
    await resumeVideo({ model, job })
    await cancelVideo({ model, job })
    expect([a.resumed, b.resumed, b.cancelled]).toEqual([[], [job], [job]])
    await expect(resumeVideo({ model, job: { ...job, model: 'c' } })).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringContaining('test/a, test/b'),
    })
  })

  it('cancels where the model of the job can', async () => {
    const { cancel: _cancel, ...b } = filming('b')
    const model = withFallback([filming('a'), b])
    const job = await startVideo({ model: b, prompt })
    await expect(cancelVideo({ model, job })).rejects.toMatchObject({ code: 'unsupported' })
    expect(withFallback([b]).cancel).toBeUndefined()
  })

  it('takes pictures that all take, and leaves out what a model lacks', async () => {
    const a = filming('a', [[failure('server')]], { firstFrame: true, webhook: true, knobs: ['seed'] })
    const b = filming('b', [[video]], { firstFrame: true, knobs: ['audio'] })
    const model = withFallback([a, b])
    expect(model.supports).toMatchObject({ firstFrame: true, webhook: false, references: 0, maxCount: 1 })
    const { warnings } = await generateVideo({ model, prompt, seed: 3 })
    expect(warnings).toMatchObject([{ option: 'seed', message: expect.stringContaining('test/b') }])
    expect(b.calls[0]).not.toHaveProperty('seed')
  })
})
