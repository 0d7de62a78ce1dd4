import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { encodePng } from '@anymodel/core/png'
import { expect, onTestFinished, test } from 'vitest'
import { testFolder } from '../testing/config-file.ts'
import { runCli } from '../testing/run-cli.ts'

const prompt = 'a cat'
const png = Buffer.from(encodePng({ width: 2, height: 1, data: new Uint8Array(6) }))

type Answer = (request: { readonly method: string; readonly path: string }, origin: string) => object | Buffer | number

/** A service like Replicate on loopback, which the role image of a config names. */
async function service(answer: Answer) {
  const seen: string[] = []
  const server = createServer((request, response) => {
    request.resume()
    const { method = '', url = '' } = request
    seen.push(`${method} ${url}`)
    const said = answer({ method, path: url }, origin)
    if (typeof said === 'number') response.writeHead(said).end()
    else if (Buffer.isBuffer(said)) response.writeHead(200, { 'content-type': 'image/png' }).end(said)
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(said))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const cwd = testFolder()
  const providers = { replicate: { apiKey: 'r8_secret_token', baseURL: origin } }
  const models = { image: 'replicate/black-forest-labs/flux-dev' }
  writeFileSync(join(cwd, 'anymodel.config.json'), JSON.stringify({ providers, models }))
  const draw = (...args: string[]) => runCli(['image', prompt, '-o', 'cat.png', ...args], { cwd })
  return { seen, cwd, draw }
}

const prediction = (origin: string, more: object) => ({
  ...{ id: 'p1', logs: ' 50%|###' },
  urls: { get: `${origin}/predictions/p1`, cancel: `${origin}/predictions/p1/cancel` },
  ...more,
})

test('an interrupt cancels the job of a picture', async () => {
  const { seen, cwd } = await service((_request, origin) => prediction(origin, { status: 'processing' }))
  let sent = false
  const { code } = await runCli(['image', prompt, '-o', 'cat.png'], {
    cwd,
    onError(err, child) {
      if (!sent && err.includes('Drawing')) sent = child.kill('SIGINT')
    },
  })
  expect({ code, isThere: existsSync(join(cwd, 'cat.png')) }).toEqual({ code: 130, isThere: false })
  expect(seen.at(-1)).toBe('POST /predictions/p1/cancel')
}, 60_000)

test.each([
  ['a picture that is held back', { status: 'failed', error: 'NSFW content detected.' }, 'NSFW content detected.'],
  ['a job that fails', { status: 'failed', error: 'CUDA out of memory' }, 'CUDA out of memory'],
  ['a link that has expired', { status: 'succeeded', output: ['ORIGIN/gone.png'] }, 'its link may have expired'],
  ['a page in place of a picture', { status: 'succeeded', output: ['ORIGIN/page.png'] }, 'no picture but text/plain'],
])(
  '%s is told, and nothing is written',
  async (_what, said, message) => {
    const { cwd, draw } = await service(({ path }, origin) => {
      if (path === '/gone.png') return 403
      if (path === '/page.png') return Buffer.from('<html><title>Sign in</title></html>')
      return prediction(origin, JSON.parse(JSON.stringify(said).replace('ORIGIN', origin)))
    })
    const { code, out, err } = await draw('--json')
    expect({ code, out, isThere: existsSync(join(cwd, 'cat.png')) }).toEqual({ code: 1, out: '', isThere: false })
    expect(err).toContain(message)
    expect(err).not.toContain('r8_secret_token')
  },
  60_000,
)

test('pictures of a service are numbered, and their sizes told', async () => {
  const { cwd, draw } = await service(({ path }, origin) =>
    path.endsWith('.png')
      ? png
      : prediction(origin, { status: 'succeeded', output: [`${origin}/1.png`, `${origin}/2.png`] }),
  )
  const { code, out } = await draw('-n', '2', '--json')
  expect(code).toBe(0)
  expect(JSON.parse(out)).toMatchObject({
    images: [
      { path: 'cat-1.png', width: 2 },
      { path: 'cat-2.png', height: 1 },
    ],
  })
  expect(readFileSync(join(cwd, 'cat-2.png')).equals(png)).toBe(true)
}, 60_000)
