import assert from 'node:assert/strict'
import { cancelVideo, isAnyModelError, resumeVideo, startVideo, type VideoJob, type VideoSupport } from '@anymodel/core'
import { type Case, failure } from './case.ts'
import { checkVideo, prompt, type VideoContext } from './videos.ts'

const written = (job: VideoJob): VideoJob => JSON.parse(JSON.stringify(job))

/** Jobs and their handles. */
export const videoJobs: readonly Case<VideoContext, VideoSupport>[] = [
  {
    name: 'a handle is plain JSON with which another process goes on',
    async run({ model }) {
      const job = await startVideo({ model, prompt })
      assert.deepEqual({ provider: job.provider, model: job.model }, { provider: model.provider, model: model.id })
      assert.deepEqual(written(job), job, 'a handle must be the same after it went through JSON')
      checkVideo((await resumeVideo({ model, job: written(job) })).videos[0])
    },
  },
  {
    name: 'a job that is done can be fetched again',
    async run({ model }) {
      const job = await startVideo({ model, prompt })
      const [first, again] = [await resumeVideo({ model, job }), await resumeVideo({ model, job })]
      assert.equal(
        Buffer.from(again.videos[0]?.data ?? []).toString('base64'),
        Buffer.from(first.videos[0]?.data ?? []).toString('base64'),
      )
    },
  },
  {
    name: 'a handle of another model, a broken one and none are refused',
    async run({ model }) {
      const job = await startVideo({ model, prompt })
      const strange: readonly unknown[] = [
        undefined,
        'job',
        { ...job, provider: 'another' },
        { ...job, model: 'another' },
        { ...job, job: null },
        { ...job, job: {} },
        { provider: model.provider, model: model.id },
      ]
      for (const one of strange)
        assert.equal((await failure(resumeVideo({ model, job: one as VideoJob }))).code, 'invalid-argument')
    },
  },
  {
    name: 'a job that is cancelled does not end as if nothing had happened',
    async run({ model }) {
      const job = await startVideo({ model, prompt })
      if (!model.cancel) return assert.equal((await failure(cancelVideo({ model, job }))).code, 'unsupported')
      await cancelVideo({ model, job })
      const error = await resumeVideo({ model, job }).catch((thrown: unknown) => thrown)
      assert.ok(
        isAnyModelError(error),
        `after a cancel a job must end with an error of ours, not with ${String(error)}`,
      )
    },
  },
]
