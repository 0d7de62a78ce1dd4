import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { ModelServer } from '@anymodel/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runSample, sampleService } from './samples.ts'

const folder = fileURLToPath(new URL('../examples/', import.meta.url))

/** What each example prints. `local` runs it on the built-in model, else a loopback server stands in for the hosted one. */
const expected: Record<string, { prints: RegExp; local?: true }> = {
  '01-hello.ts': { prints: /\d+ tokens/, local: true },
  '02-conversation.ts': { prints: /4 messages/, local: true },
  '03-tools.ts': { prints: /called weather \{ city: 'Oslo' \}\nHello from the service\./ },
  '04-own-model.ts': { prints: /You said: hello, is anybody there\?/ },
  '05-http-server.ts': { prints: /\w+/, local: true },
  '06-object.ts': { prints: /Ann is 42/ },
  '07-image.ts': { prints: /image\/png, 64 x 64/, local: true },
  '08-retrieval.ts': { prints: /It lasts for two years\.\n {2}pump: "The warranty of the pump/ },
  '09-failover.ts': { prints: /\S\s+down\/some-model: network\nonnx\/smollm2-135m-instruct: ok/, local: true },
  '10-edit-image.ts': { prints: /image\/png, 128 x 64/, local: true },
}

describe('examples', () => {
  let server: ModelServer
  beforeAll(async () => {
    server = await sampleService()
  })
  afterAll(() => server.close())

  it('are all listed here', () => {
    expect(readdirSync(folder).filter((name) => /^\d.*\.ts$/.test(name))).toEqual(Object.keys(expected))
  })

  for (const [name, { prints, local }] of Object.entries(expected)) {
    it(`${name} runs`, async () => {
      const chosen = local ? {} : { ANYMODEL_CHAT: 'openai/gpt-6-luna' }
      const { code, out, err } = await runSample(folder + name, server, {
        ANYMODEL_CONFIG: `${folder}anymodel.config.yaml`,
        ...chosen,
      })
      expect(err).not.toMatch(/Error/)
      expect(code).toBe(0)
      expect(out).toMatch(prints)
    })
  }
})
