import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { toFile } from './file-input.ts'
import { mediaTypeOf } from './media-type.ts'
import type { FileInput } from './options.ts'

const png = Buffer.from('89504e470d0a1a0a0000', 'hex')
const file = (data: FileInput['data'], more: Partial<FileInput> = {}) =>
  toFile({ type: 'file', data, ...more }, { supports: { fileUrls: ['image/*'] } })

it.each<[string, FileInput['data'], Partial<FileInput>]>([
  ['bytes', new Uint8Array(png), {}],
  ['an ArrayBuffer', new Uint8Array(png).buffer as ArrayBuffer, {}],
  ['a data URL', `data:image/png;base64,${png.toString('base64')}`, {}],
  ['base64 text', png.toString('base64'), {}],
  ['bytes with their media type', Buffer.from('zz'), { mediaType: 'image/png' }],
])('%s becomes base64 with its media type', async (_, data, more) => {
  expect(await file(data, more)).toMatchObject({ type: 'file', mediaType: 'image/png', data: expect.any(String) })
})

it('a URL goes on as it is where the service fetches it', async () => {
  expect(await file('https://a.example/cat.png?x=1')).toEqual({
    type: 'file',
    mediaType: 'image/png',
    url: 'https://a.example/cat.png?x=1',
  })
  expect(await file(new URL('https://a.example/x'), { mediaType: 'image/webp' })).toMatchObject({
    mediaType: 'image/webp',
    url: 'https://a.example/x',
  })
})

it('other URLs are downloaded; what the bytes show wins over what the server says', async () => {
  const server = http.createServer(
    (_req, res) => void res.setHeader('content-type', 'application/octet-stream').end(png),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`
  const context = { supports: {}, downloads: { allowPrivate: true } }
  expect(await toFile({ type: 'file', data: url }, context)).toEqual({
    type: 'file',
    mediaType: 'image/png',
    data: png.toString('base64'),
  })
  server.closeAllConnections()
  server.close()
})

it.each<[FileInput['data'], RegExp]>([
  ['./cat.png', /read its bytes first/],
  ['data:image/png', /damaged/],
  [new Uint8Array(), /empty/],
  [Uint8Array.of(0, 1, 2, 3), /give mediaType/],
  ['file:///etc/passwd', /not fetched/],
])('%o is refused with what to do', async (data, message) => {
  await expect(file(data)).rejects.toThrow(message)
})

it.each([
  ['ffd8ffe0', 'image/jpeg'],
  ['47494638', 'image/gif'],
  ['25504446', 'application/pdf'],
  ['524946460000000057454250', 'image/webp'],
  ['524946460000000057415645', 'audio/wav'],
  ['0000001c6674797061766966', 'image/avif'],
  ['4f676753', 'audio/ogg'],
  ['494433', 'audio/mpeg'],
  ['68656c6c6f', 'text/plain'],
])('bytes %s are %s', (hex, mediaType) => expect(mediaTypeOf(Buffer.from(hex, 'hex'))).toBe(mediaType))
