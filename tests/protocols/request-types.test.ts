import { expect, test } from 'vitest'
import { calls } from './calls.ts'
import { complaints } from './compiler.ts'
import { speakers } from './speakers.ts'
import { written } from './written.ts'

/** A program that compiles when every body is what the service's own SDK would send. */
async function program(): Promise<string> {
  const lines: string[] = []
  for (const [speaker, how] of Object.entries(speakers)) {
    if (!how.type) continue
    const [module, name] = how.type
    for (const [call, asked] of Object.entries(calls)) {
      const { body } = await written(how, asked)
      // What `extra` adds is what no type knows.
      if (!body || asked.extra) continue
      lines.push(`// ${speaker}: ${call}`)
      lines.push(`export const _${lines.length}: import('${module}').${name} = ${JSON.stringify(body)}`)
    }
  }
  return lines.join('\n')
}

test("bodies are what the services' own SDKs would send", { timeout: 60_000 }, async () => {
  expect(await complaints(await program(), 'bodies')).toEqual([])
})

test('a body with a field that the SDK does not know is found', { timeout: 60_000 }, async () => {
  const type = "import('openai/resources/chat/completions').ChatCompletionCreateParams"
  const found = await complaints(
    `// wrong\nexport const _1: ${type} = { model: 'm', messages: [], max_tokenz: 1 }`,
    'wrong',
  )
  expect(found).toEqual([expect.stringContaining('max_tokenz')])
})
