import { describe, expect, it } from 'vitest'
import type { Answer, Spoil } from '../conformance/loopback-services.ts'
import { checkFault, cutShort, type Fault, failureOf, json, page, secret, when } from './media-fault.ts'
import { fileHost, hangsUp } from './media-hosts.ts'

/** What a service that makes files says when things go wrong. */
export interface FileService {
  /** The request whose answer has the file, or its link. Default: the one that begins. */
  readonly result?: RegExp
  /** Requests that look at the job, where there is one. */
  readonly look?: RegExp
  /** Files come by links, which anybody may follow, or which need the key. Default: within answers. */
  readonly links?: 'public' | 'own'
  /** An answer without any file. */
  readonly empty: Answer | ((right: Answer) => Answer)
  /** What it says of a file that it holds back, how the error tells that, and to which request. Default: the one for the result. */
  readonly moderated: readonly [Answer, RegExp, RegExp?]
  /** What it says of a job that failed, and how the error tells that. */
  readonly failed?: readonly [Answer, RegExp]
}

/** How an adapter is tried. */
export interface Trial extends FileService {
  readonly name: string
  /** Has one file made. */
  make(options?: object): Promise<readonly unknown[]>
  /** The same from a file of some megabytes, where the model takes one. */
  readonly upload?: ((options: object) => Promise<unknown>) | undefined
  /** The services misbehave like this from now on. */
  readonly misbehave: (spoil: Spoil) => void
  /** Requests for files. */
  readonly file: RegExp
}

const begin = /^POST /

const ofAnswers = ({ result = begin, empty, moderated }: FileService): Fault[] => [
  { name: 'a page in place of an answer', spoil: when(begin, page), code: 'malformed' },
  ...[null, [], 'yes', 7].map((body) => ({
    name: `${JSON.stringify(body)} in place of an answer`,
    spoil: when(begin, json(body)),
    code: 'malformed' as const,
  })),
  // At some, nothing is what is left of a filter.
  { name: '{} in place of an answer', spoil: when(begin, json({})), code: ['malformed', 'content-filter'] },
  { name: 'an answer that breaks off', spoil: when(result, cutShort), code: ['network', 'truncated', 'malformed'] },
  { name: 'an answer without a file', spoil: when(result, empty), code: ['malformed', 'content-filter'] },
  {
    name: 'a file that is held back',
    spoil: when(moderated[2] ?? result, moderated[0]),
    code: 'content-filter',
    says: moderated[1],
  },
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

const ofJobs = (look: RegExp, { failed }: FileService): Fault[] => [
  {
    name: 'a job that vanishes',
    spoil: when(look, json({ error: { message: 'No such job.' } }, 404)),
    code: 'not-found',
    says: /Begin another/,
  },
  { name: 'a service that stays broken', spoil: when(look, json({ error: 'Oops.' }, 500)), code: 'server' },
  { name: 'a page in place of a look', spoil: when(look, page), code: 'malformed' },
  ...(failed
    ? [{ name: 'a job that fails', spoil: when(look, failed[0]), code: 'server', says: failed[1] } as const]
    : []),
]

const halved = ({ body, ...answer }: Answer): Answer => {
  const bytes = body as Buffer
  return { ...answer, body: bytes.subarray(0, bytes.length >> 1) }
}

const ofLinks = (file: RegExp): Fault[] => [
  ...[403, 404, 410].map((status) => ({
    name: `a link that has expired (${status})`,
    spoil: when(file, { ...page, status }),
    code: 'not-found' as const,
    says: /expired/,
  })),
  { name: 'a file host that fails', spoil: when(file, { ...page, status: 502 }), code: 'server' },
  { name: 'a page in place of a file', spoil: when(file, page), code: 'malformed', says: /no (?:picture|video)/ },
  { name: 'JSON in place of a file', spoil: when(file, json({ error: 'gone' })), code: 'malformed' },
  { name: 'an empty file', spoil: when(file, { body: Buffer.alloc(0) }), code: 'malformed' },
  { name: 'a file that breaks off', spoil: when(file, cutShort), code: ['network', 'truncated'] },
  {
    name: 'a file whose end is missing',
    spoil: when(file, halved),
    code: 'truncated',
  },
  {
    name: 'links that lead in a circle',
    spoil: when(file, (_answer, { path, here }) => ({ status: 302, headers: { location: here + path } })),
    code: ['invalid-argument', 'malformed'],
    says: /redirects/,
  },
]

/** Its links lead elsewhere. */
const relinked =
  (url: string) =>
  ({ body, ...answer }: Answer, { here }: Parameters<Spoil>[0]): Answer => ({
    ...answer,
    body: JSON.parse(JSON.stringify(body).replaceAll(`${here}/files`, url)),
  })

/** Every way in which a service that makes files may misbehave. Each must end a call with an error that tells it. */
export function tryFaults({ name, make, upload, misbehave, file, ...service }: Trial): void {
  const { result = begin, look, links } = service
  const faults = [...ofAnswers(service), ...(look ? ofJobs(look, service) : []), ...(links ? ofLinks(file) : [])]
  describe(name, () => {
    it.each(faults)('$name', async (fault) => {
      misbehave(fault.spoil)
      await checkFault(make(), fault)
    })

    it.runIf(links)('a file that can be fetched at the third try', async () => {
      let tries = 0
      misbehave((asked, answer) => {
        const isFile = file.test(`${asked.method} ${asked.path}`)
        if (!isFile || ++tries === 3) return answer
        return tries === 1 ? { ...page, status: 503 } : cutShort(answer)
      })
      expect(await make()).toHaveLength(1)
      expect(tries).toBe(3)
    })

    it('a file that is larger than it may be', async () => {
      misbehave((_asked, answer) => answer)
      const error = await failureOf(make({ downloads: { maxBytes: 20 } }))
      expect(error).toMatchObject({ code: 'invalid-argument', message: expect.stringContaining('20 bytes') })
    })

    it.runIf(links === 'public')('a link into a private network is not followed', async () => {
      misbehave(when(result, relinked('http://169.254.169.254/latest/meta-data')))
      const message = expect.stringContaining('not a public address')
      expect(await failureOf(make())).toMatchObject({ code: 'invalid-argument', message })
    })

    it.runIf(links === 'public')('the key is not sent to hosts of files', async () => {
      const elsewhere = await fileHost(file.source.includes('mp4') ? 'video' : 'picture')
      misbehave(when(result, relinked(elsewhere.url)))
      await make({ downloads: { allowPrivate: true } }).finally(elsewhere.close)
      expect(elsewhere.heads).toHaveLength(1)
      expect(JSON.stringify(elsewhere.heads)).not.toContain(secret)
    })

    it.runIf(upload)('a service that hangs up in the middle of an upload', async () => {
      const server = await hangsUp()
      const { code } = await failureOf((upload as NonNullable<typeof upload>)({ baseURL: server.url }))
      server.close()
      expect(code).toBe('network')
    })
  })
  if (look) describe(name, () => tryLooks(look, { make, misbehave }))
}

/** What a job may say on the way. */
function tryLooks(look: RegExp, { make, misbehave }: Pick<Trial, 'make' | 'misbehave'>): void {
  it('a job that never ends', async () => {
    misbehave((_asked, answer) => answer)
    const error = await failureOf(make({ jobs: { first: 1, most: 1, total: 1 } }))
    expect(error).toMatchObject({ code: 'timeout', clock: 'total' })
  })

  it('a state that nobody knows is taken for one of work', async () => {
    let looks = 0
    misbehave((asked, { body, ...answer }) => {
      if (!look.test(`${asked.method} ${asked.path}`) || looks++ > 0) return { ...answer, body }
      const strange = JSON.stringify(body).replace(/"(status|state)":"[^"]+"/, '"$1":"contemplating"')
      return { ...answer, body: JSON.parse(strange) }
    })
    expect(await make()).toHaveLength(1)
  })

  it('passing troubles while a job is looked at do not matter', async () => {
    let looks = 0
    const troubles: readonly Answer[] = [
      { ...json({ error: 'Slow down.' }, 429), headers: { 'retry-after': '1' } },
      json({ error: 'Oops.' }, 503),
      { ...page, cut: 5 },
    ]
    misbehave((asked, answer) => (look.test(`${asked.method} ${asked.path}`) ? (troubles[looks++] ?? answer) : answer))
    expect(await make()).toHaveLength(1)
    expect(looks).toBeGreaterThan(troubles.length)
  })
}
