import { generateVideo } from '@anymodel/core'
import { afterAll } from 'vitest'
import { drawn } from '../conformance/drawn.ts'
import type { Spoil } from '../conformance/loopback-services.ts'
import { type VideoService, videoServices } from '../conformance/video-services.ts'
import { tryFaults } from './made-media.ts'
import { secret } from './media-fault.ts'
import { videoAdapters } from './video-adapters.ts'

let spoil: Spoil = (_asked, answer) => answer
const services = await videoServices((asked, answer) => spoil(asked, answer))
afterAll(() => services.close())

const at = (service: VideoService, path = '') => ({
  apiKey: secret,
  baseURL: `${services.url(service)}${path}`,
  jobs: { first: 1, most: 3, total: 10_000 },
})

/** A picture of 4 MB, the most of it behind its end. */
const large = Buffer.concat([drawn({ prompt: 'large' }), Buffer.alloc(4_000_000)])
const prompt = 'waves'

for (const [name, { model, ...service }] of Object.entries(videoAdapters))
  tryFaults({
    ...service,
    name,
    make: async (more) => (await generateVideo({ model: model(at, more), prompt })).videos,
    upload: model(at).supports.firstFrame
      ? (more) => generateVideo({ model: model(at, more), prompt, firstFrame: large })
      : undefined,
    misbehave(how) {
      spoil = how
    },
    file: /^GET .*(?:\.mp4$|\/content|:download)/,
  })
