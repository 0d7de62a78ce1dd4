import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { decodePng, encodePng } from '@anymodel/core/png'
import { expect, onTestFinished, test } from 'vitest'
import { testFolder } from '../testing/config-file.ts'
import { runCli } from '../testing/run-cli.ts'

const prompt = 'a blue star on a yellow background'

test('draws a picture with the built-in model, offline', async () => {
  const cwd = testFolder()
  const args = ['image', prompt, '-o', 'star.png', '--seed', '1', '--json']
  const { code, out, err } = await runCli(args, { cwd })
  expect(code).toBe(0)
  expect(err).toMatch(/^Loading onnx\/shapes-diffusion|^Loading shapes-diffusion/)
  expect(err).toContain('Drawing ...')
  const size = { width: 64, height: 64 }
  expect(JSON.parse(out)).toMatchObject({
    images: [{ path: 'star.png', mediaType: 'image/png', seed: 1, ...size }],
    provider: 'onnx',
  })
  const { data } = decodePng(readFileSync(join(cwd, 'star.png')), 0)
  const [red = 0, green = 0, blue = 255] = data.subarray(0, 3)
  expect(red > 200 && green > 150 && blue < 120, 'the corner is yellow').toBe(true)
})

test('draws several from a picture, within a mask, and numbers them', async () => {
  const cwd = testFolder()
  const grey = (at: (x: number) => number) =>
    encodePng({
      width: 64,
      height: 64,
      data: Uint8Array.from({ length: 3 * 64 * 64 }, (_, i) => at(Math.floor(i / 3) % 64)),
    })
  writeFileSync(
    join(cwd, 'old.png'),
    grey(() => 90),
  )
  writeFileSync(
    join(cwd, 'mask.png'),
    grey((x) => (x < 32 ? 0 : 255)),
  )
  const given = ['--image', 'old.png', '--mask', 'mask.png', '--strength', '0.9', '--steps', '4']
  const { code, err } = await runCli(['image', prompt, '-o', 'new.png', '-n', '2', '--size', '64x64', ...given], {
    cwd,
  })
  expect(code).toBe(0)
  expect(err).toMatch(/new-1\.png \(64 x 64, seed \d+\)\nnew-2\.png/)
  const { data } = decodePng(readFileSync(join(cwd, 'new-2.png')), 0)
  expect([...data.subarray(0, 3)]).toEqual([90, 90, 90])
  expect([...data.subarray(3 * 63, 3 * 64)]).not.toEqual([90, 90, 90])
})

test('says what is wrong before anything is loaded', async () => {
  const cwd = testFolder()
  const wrong = async (...args: string[]) => {
    const { code, err } = await runCli(['image', ...args], { cwd, input: '' })
    expect(code).toBe(2)
    expect(err).not.toContain('Loading')
    return err
  }
  expect(await wrong('-o', 'a.png')).toMatch(/prompt must be a text/)
  expect(await wrong('a', '-o', 'a.png', '--size', 'big')).toMatch(/size must be WIDTHxHEIGHT/)
  expect(await wrong('a', '-o', 'a.png', '--image', 'none.png')).toMatch(/none\.png can't be read/)
  expect(await wrong('a', '-n', '2')).toMatch(/Say where the picture shall go/)
  expect(await wrong('a', '-o', 'a.png', '--model', 'dir:nowhere')).toMatch(/there is no folder .*nowhere/)
  expect(existsSync(join(cwd, 'a.png'))).toBe(false)
})

test('a service draws, by a model given or by the role of the config, and its job is looked at', async () => {
  const cwd = testFolder()
  const png = Buffer.from(encodePng({ width: 2, height: 1, data: new Uint8Array(6) }))
  let looks = 0
  const server = createServer((request, response) => {
    request.resume()
    if (request.url?.endsWith('.png')) return void response.writeHead(200, { 'content-type': 'image/png' }).end(png)
    const status = request.method === 'POST' || looks++ % 2 === 0 ? 'processing' : 'succeeded'
    const urls = { get: `${origin}/predictions/p1` }
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ id: 'p1', status, urls, logs: ' 50%|###', output: [`${origin}/out.png`] }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const env = { REPLICATE_BASE_URL: origin, REPLICATE_API_TOKEN: 'r8_secret_token' }
  const model = 'replicate/black-forest-labs/flux-dev'

  const given = await runCli(['image', prompt, '--model', model, '-o', 'given.png', '--json'], { cwd, env })
  expect(given.err).toContain('Drawing ...')
  expect(JSON.parse(given.out)).toMatchObject({
    images: [{ path: 'given.png', mediaType: 'image/png', width: 2, height: 1 }],
    provider: 'replicate',
  })
  expect(readFileSync(join(cwd, 'given.png')).equals(png)).toBe(true)
  expect(looks).toBe(2)

  writeFileSync(join(cwd, 'anymodel.config.json'), JSON.stringify({ models: { image: model } }))
  const byRole = await runCli(['image', prompt, '-o', 'role.png'], { cwd, env })
  expect(byRole.code, byRole.err).toBe(0)
  expect(readFileSync(join(cwd, 'role.png')).equals(png)).toBe(true)
}, 60_000)
