import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testFolder } from '../testing/config-file.ts'
import { runCli } from '../testing/run-cli.ts'

const commit = 'c'.repeat(40)
const files: Record<string, string> = { 'config.json': '{}', 'onnx/model_q4.onnx': 'w'.repeat(300_000) }

/** A hub that has one model. */
const hub = http.createServer((req, res) => {
  const url = req.url ?? ''
  const content = files[url.replace(`/org/repo/resolve/${commit}/`, '')]
  if (url.startsWith('/api/models/org/repo/'))
    res.end(JSON.stringify({ sha: commit, siblings: Object.entries(files).map(([path, text]) => sibling(path, text)) }))
  else if (content !== undefined) res.end(content)
  else res.writeHead(404, { 'x-error-code': 'RepoNotFound' }).end()
})

const sibling = (rfilename: string, text: string) => ({
  rfilename,
  size: text.length,
  lfs: { size: text.length, sha256: createHash('sha256').update(text).digest('hex') },
})

let endpoint: string
beforeAll(async () => {
  await new Promise<void>((resolve) => hub.listen(0, '127.0.0.1', resolve))
  endpoint = `http://127.0.0.1:${(hub.address() as AddressInfo).port}`
})
afterAll(() => {
  hub.closeAllConnections()
  hub.close()
})

const place = () => {
  const cwd = testFolder()
  const cache = join(cwd, 'models')
  const env = { HF_ENDPOINT: endpoint, ANYMODEL_CACHE: cache, HF_TOKEN: 'hf_secretsecretsecret' }
  return { cache, run: (...args: string[]) => runCli(args, { cwd, env }) }
}

test('a model is pulled, listed, and removed', async () => {
  const { cache, run } = place()
  const folder = join(cache, 'hf/org/repo', commit)
  const pulled = await run('pull', 'hf:org/repo:q4')
  expect(pulled).toMatchObject({ code: 0, out: `hf:org/repo:q4 (q4, 300 kB, commit ccccccc) is in ${folder}\n` })
  expect(pulled.err).toMatch(/^Downloading hf:org\/repo:q4 \(300 kB\) \.\.\.\n(\d+%\n)*100%\n$/)
  expect(existsSync(join(folder, 'onnx/model_q4.onnx'))).toBe(true)

  const again = await run('pull', 'hf:org/repo', '--json')
  expect(again.err).toBe('')
  expect(JSON.parse(again.out)).toEqual({ name: 'hf:org/repo', folder, dtype: 'q4', commit, bytes: 300_002 })

  const { out } = await run('list')
  expect(out).toMatch(/^ {2}hf:org\/repo +q4 +300 kB +ccccccc$/m)
  expect(out).toMatch(/^ {2}npm:@anymodel\/model-smollm2-135m-instruct +q4 /m)

  const removed = await run('rm', 'hf:org/repo')
  expect(removed).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^hf:org\/repo is removed: 30\d kB are free again/),
  })
  const lines = (await run('list', '--json')).out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).name)
  expect(lines).not.toContain('hf:org/repo')
})

test('a model is described without being loaded', async () => {
  const { run } = place()
  const { code, out } = await run('info', 'npm:@anymodel/model-smollm2-135m-instruct')
  expect(code).toBe(0)
  expect(out).toMatch(
    /kind +text\n.*precisions +q4 \(96\.7 MB\)\n +context +8192 tokens\n +licence +Apache-2\.0\n +memory +96\.7 MB at least/s,
  )
  expect(out).toMatch(
    /takes +past_key_values\.N\.key \(N: 30 layers\) +float32 +\[batch_size, 3, past_sequence_length, 64\]/,
  )
  const { out: json } = await run('info', 'npm:@anymodel/model-all-minilm-l6-v2', '--json')
  expect(JSON.parse(json)).toMatchObject({ kind: 'embedding', dtype: 'q8', contextLength: 512 })
})

test.each([
  [['pull', 'hf:org/none'], 1, /no org\/none at 127.*private/],
  [['pull', 'hf:org/repo:q8'], 2, /has no q8\. It has q4 \(300 kB\)/],
  [['pull', 'smollm2'], 2, /is not a model of the hub/],
  [['pull'], 2, /missing required argument/],
  [['rm', 'hf:org/repo'], 2, /is not in .*models/],
  [['info', 'hf:org/repo'], 2, /was not downloaded to .*anymodel pull hf:org\/repo/],
  [['info', 'dir:.'], 2, /has no config\.json/],
])('%j says what is wrong', async (args, code, message) => {
  const { run } = place()
  const result = await run(...args)
  expect(result).toMatchObject({ code, out: '', err: expect.stringMatching(message) })
  expect(result.err).not.toMatch(/secretsecret/)
})
