import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { testFolder } from '../testing/config-file.ts'
import { runCli } from '../testing/run-cli.ts'

const prompt = 'waves on a beach'
const mp4 = Buffer.from([0, 0, 0, 16, ...Buffer.from('ftypisom'), 0, 0, 0, 0])
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

/** A service like Runway on loopback; `until`: looks before the task is done. */
async function service(until = 0) {
  const seen: { readonly method: string; readonly path: string; readonly body: string }[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const { method = '', url = '' } = request
    seen.push({ method, path: url, body })
    if (url.endsWith('.mp4')) return void response.writeHead(200, { 'content-type': 'video/mp4' }).end(mp4)
    if (method === 'DELETE') return void response.writeHead(204).end()
    const looks = seen.filter((one) => one.method === 'GET').length
    const done = { status: 'SUCCEEDED', output: [`${origin}/out.mp4`] }
    const task = method === 'POST' ? {} : looks > until ? done : { status: 'RUNNING', progress: 0.5 }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ id: 't1', ...task }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { seen, origin }
}

/** A folder with a config that names the service. */
function folderFor(origin: string): string {
  const cwd = testFolder()
  const providers = { runway: { apiKey: 'rw-secret-key', baseURL: origin } }
  const config = { models: { video: 'runway/veo3.1' }, providers }
  writeFileSync(join(cwd, 'anymodel.config.json'), JSON.stringify(config))
  writeFileSync(join(cwd, 'first.png'), png)
  return cwd
}

test('makes a video of the role video, and says what came', async () => {
  const { seen, origin } = await service()
  const cwd = folderFor(origin)
  const options = ['--seconds', '8', '--ratio', '9:16', '--no-audio', '--first', 'first.png']
  const { code, out, err } = await runCli(['video', prompt, '-o', 'out.mp4', '--json', ...options], { cwd })
  expect({ code, err }).toEqual({ code: 0, err: 'Filming ...\n' })
  expect(JSON.parse(out)).toEqual({
    videos: [{ path: 'out.mp4', mediaType: 'video/mp4', bytes: mp4.length }],
    provider: 'runway',
    model: 'veo3.1',
  })
  expect(readFileSync(join(cwd, 'out.mp4')).equals(mp4)).toBe(true)
  expect(seen[0]?.path).toBe('/image_to_video')
  expect(JSON.parse(seen[0]?.body ?? '')).toMatchObject({
    promptText: prompt,
    duration: 8,
    ratio: '720:1280',
    audio: false,
    promptImage: [{ position: 'first', uri: `data:image/png;base64,${png.toString('base64')}` }],
  })
}, 60_000)

test('starts a job, goes on with it in another process, and cancels it', async () => {
  const { seen, origin } = await service()
  const cwd = folderFor(origin)
  const started = await runCli(['video', prompt, '--start'], { cwd })
  expect(started).toMatchObject({ code: 0, err: '' })
  expect(seen.map(({ method }) => method)).toEqual(['POST'])
  writeFileSync(join(cwd, 'job.json'), started.out)
  const resumed = await runCli(['video', '--resume', 'job.json', '-o', 'out.mp4'], { cwd })
  expect(resumed.code).toBe(0)
  expect(resumed.err).toContain('out.mp4 (video/mp4, 0.0 MB)')
  expect(existsSync(join(cwd, 'out.mp4'))).toBe(true)
  expect((await runCli(['video', '--cancel', 'job.json'], { cwd })).err).toBe('The job is cancelled.\n')
  expect(seen.at(-1)).toMatchObject({ method: 'DELETE', path: '/tasks/t1' })
}, 60_000)

test('an interrupt cancels the job', async () => {
  const { seen, origin } = await service(1_000)
  const cwd = folderFor(origin)
  let sent = false
  const { code, err } = await runCli(['video', prompt, '-o', 'out.mp4'], {
    cwd,
    onError(err, child) {
      if (!sent && err.includes('Filming')) sent = child.kill('SIGINT')
    },
  })
  expect(code).toBe(130)
  expect(err).toContain('The service was asked to cancel the job.')
  expect(seen.at(-1)).toMatchObject({ method: 'DELETE', path: '/tasks/t1' })
  expect(existsSync(join(cwd, 'out.mp4'))).toBe(false)
}, 60_000)

test('of a job that nobody can cancel, or whose file can’t be fetched, the handle is told', async () => {
  let looks = 0
  const server = createServer(async (request, response) => {
    for await (const _chunk of request);
    if (request.url?.endsWith('.mp4')) return void response.writeHead(503).end()
    const isDone = request.method === 'GET' && ++looks > 1
    const video = { url: `${origin}/out.mp4`, respect_moderation: true }
    const body =
      request.method === 'POST' ? { request_id: 'r1' } : isDone ? { status: 'done', video } : { status: 'pending' }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const env = { XAI_BASE_URL: origin, XAI_API_KEY: 'xai-secret-key' }
  const film = (onError?: (err: string, child: ChildProcess) => void) => {
    const args = ['video', prompt, '-o', 'out.mp4', '--model', 'xai/grok-imagine-video']
    return runCli(args, { cwd: testFolder(), env, ...(onError && { onError }) })
  }
  const handle = /Its handle, for --resume: (\{.*\})/
  let sent = false
  const left = await film((err, child) => {
    if (!sent && err.includes('Filming')) sent = child.kill('SIGINT')
  })
  expect(left.code).toBe(130)
  expect(JSON.parse(handle.exec(left.err)?.[1] ?? '')).toMatchObject({ provider: 'xai', model: 'grok-imagine-video' })
  looks = 1
  const lost = await film()
  expect(lost.code).toBe(1)
  expect(lost.err).toContain('status 503')
  expect(lost.err).toMatch(handle)
}, 60_000)

test('says what is wrong before anything is sent', async () => {
  const { seen, origin } = await service()
  const cwd = folderFor(origin)
  writeFileSync(join(cwd, 'job.json'), '{"provider":"runway"}')
  const wrong = async (...args: string[]) => {
    const { code, err } = await runCli(['video', ...args], { cwd, input: '' })
    expect(code).toBe(2)
    return err
  }
  expect(await wrong('-o', 'a.mp4')).toMatch(/prompt must be a text/)
  expect(await wrong('a', '-n', '2')).toMatch(/Say where the video shall go/)
  expect(await wrong('a', '-o', 'a.mp4', '--first', 'none.png')).toMatch(/none\.png can't be read/)
  expect(await wrong('-o', 'a.mp4', '--resume', 'job.json')).toMatch(/job\.json holds no handle/)
  expect(await wrong('a', '-o', 'a.mp4', '--model', 'ollama/x')).toMatch(/has no video model/)
  expect(seen).toEqual([])
}, 60_000)
