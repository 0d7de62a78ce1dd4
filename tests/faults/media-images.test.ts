import { generateImage, type ImageModel } from '@anymodel/core'
import { afterAll } from 'vitest'
import { drawn } from '../conformance/drawn.ts'
import { type ImageService, imageServices } from '../conformance/image-services.ts'
import type { Spoil } from '../conformance/loopback-services.ts'
import { type ImageAdapter, imageAdapters } from './image-adapters.ts'
import { tryFaults } from './made-media.ts'
import { secret } from './media-fault.ts'
import { toolAdapters } from './tool-adapters.ts'

let spoil: Spoil = (_asked, answer) => answer
const services = await imageServices((asked, answer) => spoil(asked, answer))
afterAll(() => services.close())

const at = (service: ImageService, path = '') => ({
  apiKey: secret,
  baseURL: `${services.url(service)}${path}`,
  jobs: { first: 1, most: 3, total: 10_000 },
})

const picture = drawn({ prompt: 'a dog' })
/** A picture of 4 MB, the most of it behind its end. */
const large = Buffer.concat([picture, Buffer.alloc(4_000_000)])
const prompt = 'a cat'

type Ask = (model: ImageModel, image?: Uint8Array) => ReturnType<typeof generateImage>

function tryAdapter(name: string, { model, ...service }: ImageAdapter, ask: Ask, takesPictures: boolean): void {
  tryFaults({
    ...service,
    name,
    make: async (more) => (await ask(model(at, more))).images,
    upload: takesPictures ? (more) => ask(model(at, more), large) : undefined,
    misbehave(how) {
      spoil = how
    },
    file: /^GET \/(?:files|view)/,
  })
}

for (const [name, adapter] of Object.entries(imageAdapters)) {
  const ask: Ask = (model, image) => generateImage({ model, prompt, ...(image && { images: [image] }) })
  tryAdapter(name, adapter, ask, (adapter.model(at).supports.images ?? 0) > 0)
}

for (const [name, { ask, ...adapter }] of Object.entries(toolAdapters))
  tryAdapter(name, adapter, (model, image = picture) => ask(model, image), true)
