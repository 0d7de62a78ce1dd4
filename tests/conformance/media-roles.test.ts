import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { anymodel } from 'anymodel'
import { afterAll, expect, test } from 'vitest'
import { type ImageService, imageServices } from './image-services.ts'
import type { Spoil } from './loopback-services.ts'
import { workflow } from './oil-workflow.ts'

const right: Spoil = (_asked, answer) => answer
let spoil = right
const services = await imageServices((asked, answer) => spoil(asked, answer))
const folder = mkdtempSync(join(tmpdir(), 'anymodel-roles-'))
afterAll(() => {
  services.close()
  rmSync(folder, { recursive: true })
})

writeFileSync(join(folder, 'oil.json'), JSON.stringify(workflow))

const at = (service: ImageService, path = '') => ({
  baseURL: services.url(service) + path,
  apiKey: 'secret-key-12345678',
})
const file = join(folder, 'anymodel.config.json')
writeFileSync(
  file,
  JSON.stringify({
    providers: {
      comfyui: { ...at('comfyui'), workflows: { oil: './oil.json' } },
      midjourney: { ...at('midjourney'), acceptTerms: true },
      stability: at('stability', '/v2beta'),
      openai: at('openai', '/v1'),
    },
    models: {
      oil: 'comfyui/oil',
      dreams: 'midjourney/midjourney',
      image: { use: ['stability/ultra', 'openai/gpt-image-2'], timeouts: { total: '30s' }, retry: { attempts: 1 } },
    },
  }),
)
const ai = await anymodel({ config: file })
afterAll(() => ai.close())

test('a workflow of a file draws by its name', async () => {
  const { images, response } = await ai.generateImage({ model: 'oil', prompt: 'a cat' })
  expect(images).toMatchObject([{ width: 32, height: 16 }])
  expect(response).toMatchObject({ provider: 'comfyui', model: 'oil' })
})

test('Midjourney draws where its terms are accepted, and says what they are', async () => {
  const { images, warnings } = await ai.generateImage({ model: 'dreams', prompt: 'a cat' })
  expect(images).toHaveLength(1)
  expect(warnings.map(({ message }) => message).join()).toContain('terms forbid automation')
})

test('of several models the next one draws when the first can’t', async () => {
  spoil = ({ path }, answer) => (path.includes('stable-image') ? { status: 503, body: { errors: ['Down.'] } } : answer)
  const { response, attempts } = await ai.generateImage({ model: 'image', prompt: 'a cat' })
  spoil = right
  expect(response.provider).toBe('openai')
  expect(attempts.map(({ provider, outcome }) => [provider, outcome])).toEqual([
    ['stability', 'server'],
    ['openai', 'ok'],
  ])
})

test('how jobs are looked at, and how large a file may be, stands in the config', async () => {
  const open = (more: object) =>
    anymodel({ config: { providers: { replicate: { ...at('replicate', '/v1'), ...more } } } as never })
  const ask = { model: 'replicate/black-forest-labs/flux-dev', prompt: 'a cat' }
  const hasty = await open({ jobs: { first: '1ms', most: '2ms', total: '1ms' } })
  await expect(hasty.generateImage(ask)).rejects.toMatchObject({ code: 'timeout', clock: 'total' })
  const jobs = { first: '1ms', most: '2ms' }
  const small = await open({ jobs, downloads: { maxBytes: '0.02kb' } })
  await expect(small.generateImage(ask)).rejects.toMatchObject({
    code: 'invalid-argument',
    message: expect.stringContaining('20 bytes'),
  })
  expect((await (await open({ jobs })).generateImage(ask)).images).toHaveLength(1)
})
