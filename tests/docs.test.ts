import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { ModelServer } from '@anymodel/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { imageServices } from './conformance/image-services.ts'
import { videoServices } from './conformance/video-services.ts'
import { runSample, sampleService } from './samples.ts'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))
const folder = path('.samples')

/** Every block of TypeScript on a page is a program of its own. */
function samples(page: string): { name: string; code: string }[] {
  const text = readFileSync(path(`../${page}`), 'utf8')
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code], index) => ({
    name: `${page.replace(/[^a-z0-9]+/gi, '-')}-${index + 1}.ts`,
    code: code as string,
  }))
}

const pages = ['README.md', ...readdirSync(path('../docs/guide')).map((name) => `docs/guide/${name}`)]

describe('the samples of the documentation run', () => {
  let server: ModelServer
  let films: Awaited<ReturnType<typeof videoServices>>
  let pictures: Awaited<ReturnType<typeof imageServices>>
  beforeAll(async () => {
    server = await sampleService()
    films = await videoServices()
    pictures = await imageServices()
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
  })
  afterAll(async () => {
    await server.close()
    films.close()
    pictures.close()
    rmSync(folder, { recursive: true, force: true })
  })

  for (const page of pages) {
    for (const { name, code } of samples(page)) {
      it(name, async () => {
        const file = `${folder}/${name}`
        writeFileSync(file, code)
        const {
          code: exit,
          out,
          err,
        } = await runSample(file, server, {
          ANYMODEL_CHAT: 'openai/gpt-6-luna',
          XAI_BASE_URL: `${films.url('xai')}/v1`,
          XAI_API_KEY: 'test-key',
          STABILITY_BASE_URL: `${pictures.url('stability')}/v2beta`,
          STABILITY_API_KEY: 'test-key',
          RECRAFT_BASE_URL: `${pictures.url('recraft')}/v1`,
          RECRAFT_API_TOKEN: 'test-key',
          REPLICATE_BASE_URL: `${pictures.url('replicate')}/v1`,
          REPLICATE_API_TOKEN: 'test-key',
          WEBUI_BASE_URL: pictures.url('webui'),
        })
        expect(err.replace(/^.*ExperimentalWarning.*\n.*\n/gm, '')).toBe('')
        expect(exit).toBe(0)
        if (/console|stdout/.test(code)) expect(out).not.toBe('')
      })
    }
  }

  it('there are samples', () => {
    expect(pages.flatMap(samples).length).toBeGreaterThan(10)
  })
})
