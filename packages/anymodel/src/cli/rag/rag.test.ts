import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ModelServer, modelServer } from '@anymodel/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testFolder } from '../../testing/config-file.ts'
import { runCli } from '../../testing/run-cli.ts'

let server: ModelServer
beforeAll(async () => {
  server = await modelServer()
})
afterAll(() => server.close())

const pump = '# Warranty\n\nThe warranty of the pump lasts for two years from the day of purchase.\n'
const filter = '# Filters\n\nThe filter has to be changed every six months.\n'

/** A folder with documents, a config, and how the command line is run in it. */
function project() {
  const cwd = testFolder()
  mkdirSync(join(cwd, 'docs'))
  const write = (name: string, text: string) => writeFileSync(join(cwd, name), text)
  write('docs/pump.md', pump)
  write('docs/filter.md', filter)
  write(
    'anymodel.config.yaml',
    `providers: { groq: { apiKey: test, baseURL: "${server.url}/v1" } }\nmodels: { chat: groq/a }\n`,
  )
  return { write, remove: (name: string) => rmSync(join(cwd, name)), run: (...args: string[]) => runCli(args, { cwd }) }
}

test('index takes a folder in with the built-in model, and again only what changed; inspect and eval look into it', async () => {
  const { run, write, remove } = project()
  expect(await run('index', 'docs')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^2 added \(2 chunks, 2 embedded\)/),
  })
  write('docs/filter.md', filter.replace('six', 'nine'))
  remove('docs/pump.md')
  write('docs/broken.md', 'PK\u0003\u0004\u0000\u0001\u0002')
  const again = await run('index', 'docs', '--json')
  expect(again.code).toBe(1)
  expect(again.err).toContain('docs/broken.md')
  expect(JSON.parse(again.out)).toMatchObject({ added: 1, unchanged: 0, removed: 1, embedded: 1 })

  const { out } = await run('rag', 'inspect')
  expect(out).toMatch(/docs\/filter\.md {2}1 chunks .*Filters\n\n1 documents, 1 chunks/)
  expect((await run('rag', 'inspect', '--document', 'docs/filter.md')).out).toContain('every nine months')
  expect((await run('rag', 'inspect', 'changing', 'filters')).out).toMatch(
    /1\. docs\/filter\.md#0 .*by meaning number 1/,
  )

  write('cases.jsonl', '{"question":"How often is the filter changed?","relevant":["docs/filter.md"]}\n')
  const measured = await run('rag', 'eval', 'cases.jsonl', '--json')
  expect(JSON.parse(measured.out)).toMatchObject({
    questions: 1,
    search: { text: { mrr: 1 }, vector: { mrr: 1 }, hybrid: { ndcg10: 1 } },
  })
}, 240_000)

test('ask prints claims with the quotes that they rest on, and says what was left out; eval has them judged', async () => {
  const { run, write } = project()
  await run('index', 'docs')
  const good = {
    sourceId: '1',
    quote: 'The warranty of the pump lasts for two years',
    claim: 'It lasts for two years.',
  }
  const bad = { sourceId: '1', quote: 'The warranty of the pump lasts for ten years', claim: 'It lasts for ten years.' }
  server.reply(JSON.stringify({ elements: [good, bad] }))
  const { code, out, err } = await run('ask', 'How', 'long', 'is', 'the', 'warranty', 'of', 'the', 'pump?')
  expect(code).toBe(0)
  expect(out).toBe(
    'It lasts for two years.\n\n[1] docs/pump.md, Warranty: “The warranty of the pump lasts for two years”\n',
  )
  expect(err).toContain('left out')
  const judge = (text: string) => (text.includes('You check claims') ? '{"value":"yes"}' : '{"grade":7}')
  server.reply(({ text }) =>
    text.includes('You answer a question') ? JSON.stringify({ elements: [good] }) : judge(text),
  )
  write('cases.jsonl', '{"question":"How long is the warranty?","relevant":["docs/pump.md"]}\n')
  const judged = await run('rag', 'eval', 'cases.jsonl', '--answers', '--mode', 'text', '--json')
  expect(JSON.parse(judged.out).answers).toEqual({ answered: 1, faithfulness: 1, relevance: 0.7 })
  server.reply(JSON.stringify({ elements: [] }))
  const refused = await run('ask', 'Who built the pump?', '--json', '--filter', 'mediaType=text/markdown')
  expect(JSON.parse(refused.out)).toMatchObject({ answered: false, citations: [] })
}, 240_000)

test('without documents ask says how to take some in', async () => {
  const { run } = project()
  expect(await run('ask', 'What?')).toMatchObject({ code: 2, err: expect.stringContaining('anymodel index <folder>') })
  expect(await run('index')).toMatchObject({ code: 2, err: expect.stringContaining('anymodel index docs') })
}, 240_000)
