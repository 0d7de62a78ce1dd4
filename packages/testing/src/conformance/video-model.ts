import type { VideoModel, VideoSupport } from '@anymodel/core'
import { type Case, soon } from './case.ts'
import { checkSkips, declare, type TestRunner } from './runner.ts'
import { videoJobs } from './video-jobs.ts'
import { type VideoContext, videoAborts, videoRequests, videos } from './videos.ts'

export interface VideoModelSuite extends TestRunner {
  /** Title of the suite: the name of your provider. */
  readonly name: string
  /** The model; called once per case. Let it look at its jobs often (`jobs: { first: 10 }`): each case waits for some. */
  make(): VideoModel
  /** Cases that the model can't pass, by name, with the reason. One that passes all the same fails: its reason is gone. */
  readonly skip?: Readonly<Record<string, string>>
  /** Milliseconds that one case may take. Default 60,000. */
  readonly timeout?: number
}

const groups: Readonly<Record<string, readonly Case<VideoContext, VideoSupport>[]>> = {
  videos,
  jobs: videoJobs,
  requests: videoRequests,
  'aborting and leaving': videoAborts,
}

/**
 * What any video model must do, whatever service it asks. Which cases run is decided by what the model declares in `supports`.
 *
 * ```ts
 * testVideoModel({ describe, test, name: 'runway', make: () => runway({ baseURL, jobs: { first: 10 } }).video('gen4.5') })
 * ```
 */
export function testVideoModel({ describe, test, name, make, skip = {}, timeout = 60_000 }: VideoModelSuite): void {
  const { supports } = make()
  const inTime = (one: Case<VideoContext, VideoSupport>) => () =>
    soon(one.run({ model: make() }), 'the end of the case', timeout)
  checkSkips(skip, groups)
  describe(name, () => {
    for (const [title, cases] of Object.entries(groups))
      declare({ describe, test }, title, cases, supports, skip, inTime)
  })
}
