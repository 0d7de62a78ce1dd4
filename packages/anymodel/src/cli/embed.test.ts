import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { testFolder } from '../testing/config-file.ts'
import { runCli } from '../testing/run-cli.ts'

test('prints a vector per text with the built-in model, offline', async () => {
  const { code, out } = await runCli(['embed', 'a cat', 'a dog'], { cwd: testFolder() })
  expect(code).toBe(0)
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines.map(({ text }) => text)).toEqual(['a cat', 'a dog'])
  expect(lines.map(({ embedding }) => embedding.length)).toEqual([384, 384])
})

test('orders piped lines by their nearness to a text', async () => {
  const input = 'The invoice is due on Friday.\nMy kitten sleeps all day.\n\nPython is a language.\n'
  const { out } = await runCli(['embed', '--nearest', 'a young cat'], { cwd: testFolder(), input })
  expect(out).toMatch(/^0\.\d{3} {2}My kitten sleeps all day\.\n/)
  expect(out.trim().split('\n')).toHaveLength(3)
})

test('reads the lines of files', async () => {
  const cwd = testFolder()
  writeFileSync(join(cwd, 'pets.txt'), 'a cat\r\n\r\na dog\n')
  writeFileSync(join(cwd, 'more.txt'), 'a tax')
  const { out } = await runCli(
    ['embed', '--json', '--nearest', 'kitten', 'a cow', '--file', 'pets.txt', '--file', 'more.txt'],
    { cwd },
  )
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines.map(({ text }) => text).sort()).toEqual(['a cat', 'a cow', 'a dog', 'a tax'])
  expect(lines[0].text).toBe('a cat')
  expect(await runCli(['embed', '--file', 'absent.txt'], { cwd })).toMatchObject({
    code: 2,
    err: expect.stringMatching(/absent\.txt can't be read/),
  })
})

test('says what is wrong', async () => {
  const cwd = testFolder()
  expect(await runCli(['embed'], { cwd, input: '' })).toMatchObject({
    code: 2,
    err: expect.stringMatching(/There is no text/),
  })
  writeFileSync(join(cwd, 'anymodel.config.yaml'), 'models:\n  chat: groq/x\n  embedding: anthropic/x\n')
  expect(await runCli(['embed', 'a'], { cwd, env: { ANTHROPIC_API_KEY: 'x' } })).toMatchObject({
    code: 2,
    err: expect.stringMatching(/"anthropic" has no embedding model: it has text/),
  })
})
