import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { download } from './download.ts'
import { isPublicAddress } from './public-address.ts'

describe('isPublicAddress', () => {
  it.each(['8.8.8.8', '1.1.1.1', '2606:4700::1111', '::ffff:8.8.8.8'])('%s is public', (address) =>
    expect(isPublicAddress(address)).toBe(true),
  )
  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.20.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '::1',
    '::',
    'fe80::1',
    'fc00::1',
    '::ffff:127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    'nonsense',
  ])('%s is not', (address) => expect(isPublicAddress(address)).toBe(false))
})

describe('download', () => {
  let server: http.Server
  let base: string
  beforeAll(async () => {
    server = http.createServer((req, res) => {
      if (req.url === '/png') res.setHeader('content-type', 'image/png').end(Buffer.from('89504e470d0a1a0a', 'hex'))
      else if (req.url === '/moved') res.writeHead(302, { location: '/png' }).end()
      else if (req.url === '/loop') res.writeHead(302, { location: '/loop' }).end()
      else if (req.url === '/big') res.end(Buffer.alloc(3_000))
      else if (req.url === '/endless') res.writeHead(200).write(Buffer.alloc(3_000))
      else res.writeHead(404).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  const get = (path: string, options: object = { allowPrivate: true }) => download(new URL(path, base), options)

  it('fetches bytes and media type, over redirects', async () => {
    expect((await get('/moved')).mediaType).toBe('image/png')
    expect((await get('/png')).bytes).toHaveLength(8)
  })

  it.each([
    ['/png', {}, /not a public address/],
    ['/png', { allowPrivate: false }, /not a public address/],
    ['/none', { allowPrivate: true }, /status 404/],
    ['/loop', { allowPrivate: true }, /redirects more than 5/],
    ['/big', { allowPrivate: true, maxBytes: 2_000 }, /larger than 2000 bytes/],
    ['/endless', { allowPrivate: true, maxBytes: 2_000 }, /larger than 2000 bytes/],
  ])('%s with %o is refused', async (path, options, message) => {
    await expect(get(path, options)).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringMatching(message),
    })
  })

  it('a name that resolves to loopback is refused where the connection is made', async () => {
    await expect(download(new URL(`http://localhost:${new URL(base).port}/png`))).rejects.toThrow(
      /localhost is not a public address/,
    )
  })

  it.each(['file:///etc/passwd', 'ftp://example.com/x'])('%s is not fetched', async (url) => {
    await expect(download(new URL(url), { allowPrivate: true })).rejects.toThrow(/not fetched/)
  })
})
