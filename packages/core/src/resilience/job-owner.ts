import type { VideoJob, VideoModel } from '../contract/video.ts'
import { AnyModelError } from '../errors.ts'
import { membersOf } from './candidate.ts'

/** How the jobs of several models are gone on with: each by the model that it was given to. */
export const jobsOf = (models: readonly VideoModel[]): Pick<VideoModel, 'resume' | 'cancel'> => ({
  resume: (job, call) => ownerOf(models, job).resume(job, call),
  ...(models.some(({ cancel }) => cancel) && {
    async cancel(job, call) {
      const owner = ownerOf(models, job)
      if (!owner.cancel)
        throw new AnyModelError('unsupported', `${owner.provider}/${owner.id} has no way to cancel a job.`)
      await owner.cancel(job, call)
    },
  }),
})

function ownerOf(given: readonly VideoModel[], job: VideoJob): VideoModel {
  const models = given.flatMap(membersOf)
  const owner = models.find(({ provider, id }) => provider === job?.provider && id === job.model)
  if (owner) return owner
  const names = models.map(({ provider, id }) => `${provider}/${id}`).join(', ')
  throw new AnyModelError('invalid-argument', `job is not a job of any of ${names}. Give what startVideo returned.`)
}
