import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { testFile, testFolder } from '../testing/config-file.ts'
import type { Config } from './config.ts'
import { loadConfig } from './load.ts'

const page = readFileSync(new URL('../../../../docs/config.md', import.meta.url), 'utf8')
const blocks = (language: string): string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, code]) => code as string)

describe('docs/config.md', () => {
  test.each(blocks('yaml').map((text) => [text.split('\n', 2).join(' '), text]))(
    'its YAML loads: %s',
    async (_title, text) => {
      await loadConfig(testFile('anymodel.config.yaml', text))
    },
  )

  test.each(blocks('ts').map((code) => [code]))('its TypeScript loads: %s', async (code) => {
    const file = join(testFolder(), 'anymodel.config.ts')
    writeFileSync(file, code)
    const { default: config } = (await import(file)) as { default: Config }
    expect((await loadConfig(config)).models.chat?.use).toMatchObject({ id: 'llama-4-scout' })
  })

  test.each(blocks('js').map((code) => [code]))('its JavaScript runs: %s', async (code) => {
    const file = join(testFolder(), 'sample.js')
    writeFileSync(file, code)
    await import(file)
  })

  test('it names every key that is not available yet', async () => {
    const { laterKeys } = await import('./later.ts')
    const inside = ['of', 'sqlite', 'redis']
    for (const key of [...laterKeys].filter((key) => !inside.includes(key))) expect(page).toContain(`\`${key}\``)
  })

  test('its errors are what a broken file gets', async () => {
    const text = '# x\nproviders:\n  groq: { apikey: x }\nmodels:\n  chat: llama\n'
    const path = testFile('anymodel.config.yaml', text)
    const error = await loadConfig(path).catch((error: Error) => error)
    expect((error as Error).message.replaceAll(`${dirname(path)}/`, '')).toBe(blocks('text')[0]?.trimEnd())
  })
})
