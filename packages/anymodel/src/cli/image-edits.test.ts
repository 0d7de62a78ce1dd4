import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { decodePng, encodePng } from '@anymodel/core/png'
import { expect, onTestFinished, test } from 'vitest'
import { testFolder } from '../testing/config-file.ts'
import { runCli } from '../testing/run-cli.ts'

const red = (width: number, height: number) =>
  encodePng({ width, height, data: Uint8Array.from({ length: 3 * width * height }, (_, i) => (i % 3 ? 20 : 200)) })

/** A folder with a picture in it. */
function withPicture(): string {
  const cwd = testFolder()
  writeFileSync(join(cwd, 'old.png'), red(64, 64))
  return cwd
}

test('paints on beyond the edges of a picture with the built-in model, offline', async () => {
  const cwd = withPicture()
  const args = ['image', 'a red square', '--image', 'old.png', '--outpaint', '64,0,0,0', '--steps', '2']
  const { code, err } = await runCli([...args, '-o', 'wide.png'], { cwd })
  expect(code, err).toBe(0)
  expect(err).toMatch(/does not paint beyond edges: the picture was put on a larger ground/)
  expect(err).toMatch(/wide\.png \(128 x 64, seed \d+\)/)
  const { data } = decodePng(readFileSync(join(cwd, 'wide.png')), 0)
  expect([...data.subarray(3 * 64, 3 * 65)], 'the picture itself stays').toEqual([200, 20, 20])
})

test('makes variations when there are no words', async () => {
  const cwd = withPicture()
  const { code, err } = await runCli(['image', '--image', 'old.png', '--steps', '2', '-n', '2', '-o', 'new.png'], {
    cwd,
  })
  expect(code, err).toBe(0)
  expect(err).toMatch(/new-1\.png \(64 x 64, seed \d+\)\nnew-2\.png/)
})

test('upscales by the model of the role', async () => {
  const cwd = withPicture()
  const bodies: Record<string, unknown>[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    if (request.url === '/sdapi/v1/extra-single-image') bodies.push(JSON.parse(Buffer.concat(chunks).toString()))
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ image: Buffer.from(red(192, 192)).toString('base64'), progress: 0.5 }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const config = { models: { image: 'house/default' }, providers: { house: { type: 'webui', baseURL } } }
  writeFileSync(join(cwd, 'anymodel.config.json'), JSON.stringify(config))

  const { code, out, err } = await runCli(['upscale', 'old.png', '--factor', '3', '-o', 'large.png', '--json'], { cwd })
  expect(code, err).toBe(0)
  expect(JSON.parse(out)).toMatchObject({ images: [{ path: 'large.png', width: 192, height: 192 }], provider: 'webui' })
  expect(Buffer.from(red(192, 192)).equals(readFileSync(join(cwd, 'large.png')))).toBe(true)
  expect(bodies).toMatchObject([{ upscaling_resize: 3, image: Buffer.from(red(64, 64)).toString('base64') }])
}, 60_000)

test('says what is wrong before anything is asked', async () => {
  const cwd = withPicture()
  const wrong = async (...args: string[]) => {
    const { code, err } = await runCli(args, { cwd, input: '' })
    expect(code, err).toBe(2)
    return err
  }
  const to = ['-o', 'a.png']
  expect(await wrong('image', 'red', '--outpaint', '8', ...to)).toMatch(/Say which picture is to be changed/)
  expect(await wrong('image', 'red', '--image', 'old.png', '--outpaint', '8,8', ...to)).toMatch(/left, right, top/)
  expect(await wrong('upscale', 'none.png', ...to)).toMatch(/none\.png can't be read/)
  expect(await wrong('upscale', 'old.png', '--factor', '0', ...to)).toMatch(/factor must be a number above 1/)
  expect(await wrong('upscale', 'old.png', '--json')).toMatch(/Say where the picture shall go/)
  const { code, err } = await runCli(['upscale', 'old.png', ...to], { cwd })
  expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining('does not upscale pictures') })
  expect(existsSync(join(cwd, 'a.png'))).toBe(false)
}, 60_000)
