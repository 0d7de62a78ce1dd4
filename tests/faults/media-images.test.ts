import { generateImage } from '@anymodel/core'
import { afterAll, describe, expect, it } from 'vitest'
import { drawn } from '../conformance/drawn.ts'
import { type ImageService, imageServices } from '../conformance/image-services.ts'
import type { Answer, Asked, Spoil } from '../conformance/loopback-services.ts'
import { begin, type ImageAdapter, imageAdapters } from './image-adapters.ts'
import { checkFault, cutShort, type Fault, failureOf, json, page, secret, when } from './media-fault.ts'
import { fileHost, hangsUp } from './media-hosts.ts'

const right: Spoil = (_asked, answer) => answer
let spoil = right
const services = await imageServices((asked, answer) => spoil(asked, answer))
afterAll(() => services.close())

const at = (service: ImageService, path = '') => ({
  apiKey: secret,
  baseURL: `${services.url(service)}${path}`,
  jobs: { first: 1, most: 3, total: 10_000 },
})

/** Its links lead elsewhere. */
const relinked =
  (url: string) =>
  ({ body, ...answer }: Answer, { here }: Asked): Answer => ({
    ...answer,
    body: JSON.parse(JSON.stringify(body).replaceAll(`${here}/files`, url)),
  })

/** A picture of 4 MB, the most of it behind its end. */
const large = Buffer.concat([drawn({ prompt: 'large' }), Buffer.alloc(4_000_000)])

const file = /^GET \/(?:files|view)/

/** Faults of any service. */
const anywhere = ({ result }: ImageAdapter): Fault[] => [
  { name: 'a page in place of an answer', spoil: when(begin, page), code: 'malformed' },
  ...[null, [], 'yes', 7, {}].map((body) => ({
    name: `${JSON.stringify(body)} in place of an answer`,
    spoil: when(begin, json(body)),
    code: ['malformed', ...(JSON.stringify(body) === '{}' ? (['content-filter'] as const) : [])] as const,
  })),
  { name: 'an answer that breaks off', spoil: when(result, cutShort), code: ['network', 'truncated', 'malformed'] },
  {
    name: 'a key that is refused, and repeated in the words',
    spoil: when(begin, json({ error: { message: `The key ${secret} is wrong.` } }, 401)),
    code: 'auth',
  },
  {
    name: 'too many requests',
    spoil: when(begin, { ...json({ error: { message: 'Slow down.' } }, 429), headers: { 'retry-after': '7' } }),
    code: 'rate-limit',
    says: /Slow down/,
  },
]

/** Faults of a service that works at jobs. */
const ofJobs = ({ look = /^$/, failed }: ImageAdapter): Fault[] => [
  {
    name: 'a job that vanishes',
    spoil: when(look, json({ error: { message: 'No such job.' } }, 404)),
    code: 'not-found',
  },
  { name: 'a service that stays broken', spoil: when(look, json({ error: 'Oops.' }, 500)), code: 'server' },
  { name: 'a page in place of a look', spoil: when(look, page), code: 'malformed' },
  ...(failed
    ? [{ name: 'a job that fails', spoil: when(look, failed[0]), code: 'server', says: failed[1] } as const]
    : []),
]

/** Faults of files that are fetched. */
const ofFiles: readonly Fault[] = [
  ...[403, 404, 410].map((status) => ({
    name: `a link that has expired (${status})`,
    spoil: when(file, { ...page, status }),
    code: 'not-found' as const,
    says: /expired/,
  })),
  { name: 'a file host that fails', spoil: when(file, { ...page, status: 502 }), code: 'server' },
  { name: 'a page in place of a picture', spoil: when(file, page), code: 'malformed', says: /no picture/ },
  { name: 'JSON in place of a picture', spoil: when(file, json({ error: 'gone' })), code: 'malformed' },
  { name: 'an empty file', spoil: when(file, { body: Buffer.alloc(0) }), code: 'malformed' },
  { name: 'a picture that breaks off', spoil: when(file, cutShort), code: ['network', 'truncated'] },
  {
    name: 'a picture whose end is missing',
    spoil: when(file, (answer) => ({ ...answer, body: (answer.body as Buffer).subarray(0, -20) })),
    code: 'truncated',
  },
  {
    name: 'links that lead in a circle',
    spoil: when(file, (_answer, { path, here }) => ({ status: 302, headers: { location: here + path } })),
    code: ['invalid-argument', 'malformed'],
    says: /redirects/,
  },
]

for (const [name, adapter] of Object.entries(imageAdapters)) {
  const { moderated, empty, result, gives, look } = adapter
  const make = (more?: object) => adapter.make(at, more)
  const draw = (more?: object) => generateImage({ model: make(more), prompt: 'a cat' })
  const faults: readonly Fault[] = [
    ...anywhere(adapter),
    { name: 'an answer without a picture', spoil: when(result, empty), code: ['malformed', 'content-filter'] },
    {
      name: 'a picture that is held back',
      spoil: when(name === 'ComfyUI' ? begin : result, moderated[0]),
      code: 'content-filter',
      says: moderated[1],
    },
    ...(look ? ofJobs(adapter) : []),
    ...(gives.endsWith('link') ? ofFiles : []),
  ]
  describe(name, () => {
    it.each(faults)('$name', async (fault) => {
      spoil = fault.spoil
      await checkFault(draw(), fault)
    })

    it('a picture that is larger than it may be', async () => {
      spoil = right
      const error = await failureOf(draw({ downloads: { maxBytes: 20 } }))
      expect(error.code, error.message).toBe('invalid-argument')
      expect(error.message).toMatch(/20 bytes/)
    })

    it.runIf(gives === 'link')('a link into a private network is not followed', async () => {
      spoil = when(result, relinked('http://169.254.169.254/latest/meta-data'))
      expect(await failureOf(draw())).toMatchObject({ code: 'invalid-argument', message: /not a public address/ })
    })

    it.runIf(gives === 'link')('the key is not sent to hosts of files', async () => {
      const elsewhere = await fileHost()
      spoil = when(result, relinked(elsewhere.url))
      await draw({ downloads: { allowPrivate: true } }).finally(elsewhere.close)
      expect(elsewhere.heads).toHaveLength(1)
      expect(JSON.stringify(elsewhere.heads)).not.toContain(secret)
    })

    it.runIf((make().supports.images ?? 0) > 0)('a service that hangs up in the middle of an upload', async () => {
      const server = await hangsUp()
      const model = make({ baseURL: server.url })
      const upload = generateImage({ model, prompt: 'a cat', images: [large] })
      const { code } = await failureOf(upload.finally(server.close))
      expect(code).toBe('network')
    })

    it.runIf(look)('a job that never ends', async () => {
      spoil = when(look as RegExp, (answer) => answer)
      const error = await failureOf(draw({ jobs: { first: 1, most: 1, total: 1 } }))
      expect(error).toMatchObject({ code: 'timeout', clock: 'total' })
    })

    it.runIf(look)('passing troubles while a job is looked at don’t matter', async () => {
      let looks = 0
      const troubles: readonly Answer[] = [
        { ...json({ error: 'Slow down.' }, 429), headers: { 'retry-after': '1' } },
        json({ error: 'Oops.' }, 503),
        { ...page, cut: 5 },
      ]
      spoil = (asked, answer) =>
        (look as RegExp).test(`${asked.method} ${asked.path}`) ? (troubles[looks++] ?? answer) : answer
      expect((await draw()).images).toHaveLength(1)
      expect(looks).toBeGreaterThan(troubles.length)
    })
  })
}
