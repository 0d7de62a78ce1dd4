import { generateImage } from '@anymodel/core'
import { afterAll } from 'vitest'
import { drawn } from '../conformance/drawn.ts'
import { type ImageService, imageServices } from '../conformance/image-services.ts'
import type { Spoil } from '../conformance/loopback-services.ts'
import { imageAdapters } from './image-adapters.ts'
import { tryFaults } from './made-media.ts'
import { secret } from './media-fault.ts'

let spoil: Spoil = (_asked, answer) => answer
const services = await imageServices((asked, answer) => spoil(asked, answer))
afterAll(() => services.close())

const at = (service: ImageService, path = '') => ({
  apiKey: secret,
  baseURL: `${services.url(service)}${path}`,
  jobs: { first: 1, most: 3, total: 10_000 },
})

/** A picture of 4 MB, the most of it behind its end. */
const large = Buffer.concat([drawn({ prompt: 'large' }), Buffer.alloc(4_000_000)])
const prompt = 'a cat'

for (const [name, { model, ...service }] of Object.entries(imageAdapters)) {
  const startsFromPictures = (model(at).supports.images ?? 0) > 0
  tryFaults({
    ...service,
    name,
    make: async (more) => (await generateImage({ model: model(at, more), prompt })).images,
    upload: startsFromPictures
      ? (more) => generateImage({ model: model(at, more), prompt, images: [large] })
      : undefined,
    misbehave(how) {
      spoil = how
    },
    file: /^GET \/(?:files|view)/,
  })
}
