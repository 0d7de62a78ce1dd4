import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import type http from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { resolveModel } from '../names.ts'
import { type Asked, commitA, commitB, type HubServer, hubServer, sendRange } from '../testing/hub-server.ts'
import { scratchFolder } from '../testing/toy-model.ts'
import { type DownloadStep, downloadModel } from './download-model.ts'
import { type HubName, parseHubName } from './hub-name.ts'
import { type Hub, openHub } from './options.ts'

const weights = randomBytes(3_000_000)
const files = {
  'README.md': '---\nlicense: mit\n---\n',
  'config.json': '{}',
  'tokenizer.json': '{}',
  'onnx/model_q4.onnx': weights,
  'onnx/model_fp16.onnx': randomBytes(5_000),
  'pytorch_model.bin': randomBytes(2_000),
  'pytorch_model.bin.index.json': '{}',
  'empty.txt': '',
}

let server: HubServer
beforeAll(async () => {
  server = await hubServer()
})
afterAll(() => server.close())
afterEach(() => {
  server.fault = undefined
  server.asked.length = 0
  for (const name of Object.keys(server.repos)) delete server.repos[name]
  vi.unstubAllEnvs()
})

const serve = (more: object = {}) => {
  server.repos['org/repo'] = { files, ...more }
}

const name = (text = 'org/repo'): HubName => parseHubName(text) as HubName

const hubWith = (more: Partial<Hub> = {}): Hub => ({
  ...openHub({ cache: scratchFolder(), endpoint: server.url, token: 'hf_test', offline: false }),
  firstWait: 1,
  ...more,
})

/** Files below a folder, with slashes. */
const tree = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()

const ranges = () => server.asked.filter(({ at }) => at === 'cdn').map(({ headers }) => headers.range)

/** Sends the beginning of a large file, then drops the connection. */
function cutAfter(bytes: number, times = 1): HubServer['fault'] {
  let left = times
  return ({ at, headers }, res, body) => {
    if (at !== 'cdn' || !body || left-- <= 0) return false
    const from = Number(/\d+/.exec(headers.range ?? '')?.[0] ?? 0)
    res.writeHead(from > 0 ? 206 : 200, {
      'content-length': body.length - from,
      ...(from > 0 && { 'content-range': `bytes ${from}-${body.length - 1}/${body.length}` }),
    })
    res.write(body.subarray(from, from + bytes), () => setTimeout(() => res.destroy(), 20))
    return true
  }
}

describe('a download', () => {
  it('brings the files of one precision, and nothing else, under the commit of the revision', async () => {
    serve()
    const hub = hubWith()
    const steps: DownloadStep[] = []
    const model = await downloadModel(hub, name(), { dtype: 'q4', onStep: (step) => steps.push(step) })
    expect(model).toMatchObject({ dtype: 'q4', commit: commitA, folder: join(hub.cache, 'hf/org/repo', commitA) })
    expect(tree(model.folder)).toEqual([
      'README.md',
      'config.json',
      'empty.txt',
      'onnx/model_q4.onnx',
      'tokenizer.json',
    ])
    expect(readFileSync(join(model.folder, 'onnx/model_q4.onnx')).equals(weights)).toBe(true)
    expect(steps.at(-1)).toMatchObject({ stage: 'download', file: 'onnx/model_q4.onnx' })
    expect(steps.at(-1)?.bytes).toBe(steps[0]?.totalBytes)
    expect(steps.every(({ bytes }, at) => bytes >= (steps[at - 1]?.bytes ?? 0))).toBe(true)
  })

  it('takes the most exact precision when none is asked for, and adds others to it', async () => {
    serve()
    const hub = hubWith()
    expect(await downloadModel(hub, name())).toMatchObject({ dtype: 'fp16' })
    server.asked.length = 0
    const { folder } = await downloadModel(hub, name(), { dtype: 'q4' })
    expect(tree(join(folder, 'onnx'))).toEqual(['model_fp16.onnx', 'model_q4.onnx'])
    expect(server.asked.map(({ path }) => path.split('?')[0])).toEqual([
      `/org/repo/resolve/${commitA}/onnx/model_q4.onnx`,
      '/org/repo/onnx/model_q4.onnx',
    ])
  })

  it('asks nobody for what is there, stays at its commit, and moves on when it is told to', async () => {
    serve()
    const hub = hubWith()
    await downloadModel(hub, name(), { dtype: 'fp16' })
    serve({ commit: commitB, files: { ...files, 'config.json': '{"new": 1}' } })
    server.asked.length = 0
    expect(await downloadModel(hub, name(), { dtype: 'fp16' })).toMatchObject({ commit: commitA })
    expect(server.asked).toEqual([])
    const moved = await downloadModel(hub, name(), { dtype: 'fp16', refresh: true })
    expect(moved).toMatchObject({ commit: commitB })
    expect(readFileSync(join(moved.folder, 'config.json'), 'utf8')).toBe('{"new": 1}')
    expect(await downloadModel(hub, name(`org/repo@${commitA}`), { dtype: 'fp16' })).toMatchObject({ commit: commitA })
  })

  it('sends the token to the hub only, and shows it in no error', async () => {
    serve({ token: 'hf_test' })
    await downloadModel(hubWith(), name(), { dtype: 'fp16' })
    const seen = server.asked.map(({ at, headers }) => `${at} ${headers.authorization}`)
    expect(new Set(seen)).toEqual(new Set(['hub Bearer hf_test', 'cdn undefined']))
    const secret = 'abcdefgh-not-a-known-shape'
    const error = await downloadModel(hubWith({ token: secret }), name(), { refresh: true }).catch((e) => e)
    expect(error).toMatchObject({ code: 'not-found' })
    expect(JSON.stringify(error) + error.message + error.stack).not.toContain(secret)
  })

  it('goes on after a cut connection, where it was', async () => {
    serve()
    server.fault = cutAfter(1_000_000, 2)
    const { folder } = await downloadModel(hubWith(), name(), { dtype: 'q4' })
    expect(readFileSync(join(folder, 'onnx/model_q4.onnx')).equals(weights)).toBe(true)
    const [first, ...others] = ranges()
    expect(first).toBeUndefined()
    expect(others).toHaveLength(2)
    for (const range of others) expect(Number(/bytes=(\d+)-/.exec(range ?? '')?.[1])).toBeGreaterThan(0)
  })

  it('begins again when a server does not know ranges, or sends another part than was asked for', async () => {
    serve()
    for (const answer of [
      (res: http.ServerResponse, body: Buffer) => void res.end(body),
      (res: http.ServerResponse, body: Buffer) => void sendRange({ headers: { range: 'bytes=7-' } }, res, body),
      (res: http.ServerResponse) => void res.writeHead(416).end(),
    ]) {
      const cut = cutAfter(500_000)
      let isSecond = false
      server.fault = (asked, res, body) => {
        if (cut?.(asked, res, body)) return true
        if (!asked.headers.range || !body || isSecond) return false
        isSecond = true
        answer(res, body)
        return true
      }
      const { folder } = await downloadModel(hubWith(), name(), { dtype: 'q4' })
      expect(readFileSync(join(folder, 'onnx/model_q4.onnx')).equals(weights)).toBe(true)
      expect(isSecond).toBe(true)
    }
  })

  it('a connection that says nothing is given up and asked again', async () => {
    serve()
    let silent = true
    server.fault = ({ at }, res, body) => {
      if (at !== 'cdn' || !silent) return false
      silent = false
      res.writeHead(200, { 'content-length': body?.length }).write(body?.subarray(0, 10))
      return true
    }
    await downloadModel(hubWith({ patience: 150 }), name(), { dtype: 'fp16' })
    expect(ranges()).toEqual([undefined, 'bytes=10-'])
    server.fault = () => true
    await expect(downloadModel(hubWith({ patience: 20 }), name(), {})).rejects.toMatchObject({ code: 'timeout' })
  })

  it('waits as long as a busy hub wants, and not for a quarter of an hour', async () => {
    serve()
    let busy = 2
    server.fault = (_asked, res) => {
      if (busy-- <= 0) return false
      res.writeHead(429, { 'retry-after': '0' }).end()
      return true
    }
    await downloadModel(hubWith({ firstWait: 60_000 }), name(), { dtype: 'fp16' })
    server.fault = (_asked, res) => {
      res.writeHead(429, { 'retry-after': '900' }).end()
      return true
    }
    await expect(downloadModel(hubWith(), name('org/other'))).rejects.toMatchObject({
      code: 'rate-limit',
      retryAfter: 900_000,
    })
  })

  it.each([
    [
      'content that is not what was listed',
      (res: http.ServerResponse, body: Buffer) => res.end(Buffer.alloc(body.length)),
      /checksum.*in place of/,
    ],
    [
      'more than was listed',
      (res: http.ServerResponse, body: Buffer) => res.end(Buffer.concat([body, body])),
      /sends more/,
    ],
    [
      'less than was listed',
      (res: http.ServerResponse, body: Buffer) => res.end(body.subarray(1)),
      /ended after|less of/,
    ],
  ])('%s is an error, and leaves nothing that looks whole', async (_name, answer, message) => {
    serve()
    server.fault = ({ at }, res, body) => {
      if (at === 'cdn' && body) answer(res, body)
      return at === 'cdn'
    }
    const hub = hubWith()
    await expect(downloadModel(hub, name(), { dtype: 'fp16' })).rejects.toThrow(message)
    expect(tree(hub.cache).filter((path) => path.endsWith('.onnx'))).toEqual([])
    server.fault = undefined
    await downloadModel(hub, name(), { dtype: 'fp16' })
    expect(tree(hub.cache).filter((path) => path.endsWith('.part'))).toEqual([])
  })

  it('an abort ends it with the reason, and what came is used by the next', async () => {
    serve()
    const controller = new AbortController()
    const reason = new Error('enough')
    const hub = hubWith()
    server.fault = ({ at }, res, body) => {
      if (at !== 'cdn') return false
      res.writeHead(200, { 'content-length': body?.length }).write(body?.subarray(0, 600_000))
      return true
    }
    const onStep = ({ bytes }: DownloadStep) => {
      if (bytes > 500_000) controller.abort(reason)
    }
    await expect(downloadModel(hub, name(), { dtype: 'q4', onStep, signal: controller.signal })).rejects.toBe(reason)
    server.fault = undefined
    server.asked.length = 0
    await downloadModel(hub, name(), { dtype: 'q4' })
    expect(ranges()).toEqual([expect.stringMatching(/^bytes=[1-9]\d+-$/)])
  })

  it('two in one process share the work', async () => {
    serve()
    const hub = hubWith()
    const models = await Promise.all([1, 2, 3].map(() => downloadModel(hub, name(), { dtype: 'q4' })))
    expect(new Set(models.map(({ folder }) => folder)).size).toBe(1)
    expect(ranges()).toHaveLength(1)
  })
})

describe('several processes', () => {
  const child = (cache: string) => {
    const script = join(scratchFolder(), 'pull.mts')
    const source = (path: string) => JSON.stringify(new URL(path, import.meta.url).href)
    writeFileSync(
      script,
      `import { downloadModel } from ${source('./download-model.ts')}
import { openHub } from ${source('./options.ts')}
const hub = openHub(${JSON.stringify({ cache, endpoint: server.url, token: 't', offline: false })})
await downloadModel(hub, { repo: 'org/repo', folder: '', revision: 'main' }, { dtype: 'q4', onStep: (step) => process.send(step.bytes) })
process.disconnect()`,
    )
    const execArgv = ['--import', createRequire(import.meta.url).resolve('tsx'), '--conditions=@anymodel/source']
    return fork(script, { execArgv, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  }

  it('one that is killed leaves what the next one goes on with, at once', async () => {
    serve()
    const hub = hubWith()
    server.fault = ({ at }, res, body) => {
      if (at !== 'cdn') return false
      res.writeHead(200, { 'content-length': body?.length }).write(body?.subarray(0, 2_000_000))
      return true
    }
    const killed = child(hub.cache)
    killed.on('message', (bytes) => {
      if ((bytes as number) >= 1_500_000) killed.kill('SIGKILL')
    })
    await once(killed, 'exit')
    server.fault = undefined
    server.asked.length = 0
    const { folder } = await downloadModel(hub, name(), { dtype: 'q4' })
    expect(readFileSync(join(folder, 'onnx/model_q4.onnx')).equals(weights)).toBe(true)
    expect(ranges()).toEqual([expect.stringMatching(/^bytes=1\d{6}-$|^bytes=2000000-$/)])
    expect(tree(hub.cache).filter((path) => path.endsWith('.part'))).toEqual([])
  })

  it('two at once download once', async () => {
    serve()
    const hub = hubWith()
    const both = [child(hub.cache), child(hub.cache)]
    const codes = await Promise.all(both.map(async (one) => (await once(one, 'exit'))[0]))
    expect(codes).toEqual([0, 0])
    expect(ranges()).toHaveLength(1)
    expect(readFileSync(join(hub.cache, 'hf/org/repo', commitA, 'onnx/model_q4.onnx')).equals(weights)).toBe(true)
  })

  it('a part of another machine is waited for while it is touched, and taken over when it is not any more', async () => {
    serve()
    const hub = hubWith()
    const { folder, files: all } = await downloadModel(hub, name(), { dtype: 'fp16' })
    const target = join(folder, 'onnx/model_fp16.onnx')
    const content = readFileSync(target)
    const oid = all.find(({ path }) => path === 'onnx/model_fp16.onnx')?.oid
    const part = `${target}.${oid?.slice(0, 12)}.0-deadbeef-1-00000000-0000.part`
    rmSync(target)
    writeFileSync(part, content.subarray(0, 4_000))
    server.asked.length = 0
    let waited = false
    const onStep = () => {
      waited ||= server.asked.length === 0
      if (existsSync(part)) utimesSync(part, 0, 0)
    }
    await downloadModel(hub, name(), { dtype: 'fp16', onStep })
    expect(waited).toBe(true)
    expect(ranges()).toEqual(['bytes=4000-'])
    expect(readFileSync(target).equals(content)).toBe(true)
  })
})

describe('what the hub refuses', () => {
  it.each([
    ['a repository that is not there', {}, 'org/none', 'not-found', /no org\/none.*private/],
    ['a private one', { token: 'other' }, 'org/repo', 'not-found', /token may read it/],
    [
      'a gated one',
      { token: 'other', gated: true },
      'org/repo',
      'auth',
      /gated: accept its terms at http:\/\/127.*\/org\/repo/,
    ],
    ['a revision that is not there', {}, 'org/repo@v9', 'not-found', /no such revision/],
  ])('%s: says what to do', async (_name, more, text, code, message) => {
    serve(more)
    await expect(downloadModel(hubWith(), name(text))).rejects.toMatchObject({
      code,
      retryable: false,
      message: expect.stringMatching(message),
    })
  })

  it('a mirror that leads to another host which wants a token is told from a missing model', async () => {
    serve()
    server.fault = ({ at }, res) => {
      if (at === 'cdn') res.writeHead(401).end()
      return at === 'cdn'
    }
    await expect(downloadModel(hubWith(), name())).rejects.toThrow(/leads to 127.*set HF_ENDPOINT to it/)
  })

  it('errors of the server are retried, a few times', async () => {
    serve()
    server.fault = (_asked, res) => {
      res.writeHead(502).end()
      return true
    }
    await expect(downloadModel(hubWith(), name())).rejects.toMatchObject({ code: 'server', status: 502 })
    expect(server.asked).toHaveLength(5)
  })

  it.each([
    ['no JSON', 'hello', /does not answer like a model hub/],
    ['another JSON', '[]', /something else/],
    [
      'no checksums',
      JSON.stringify({ sha: commitA, siblings: [{ rfilename: 'config.json' }] }),
      /without its size and checksum/,
    ],
    ['a commit that is a path', JSON.stringify({ sha: '../../etc', siblings: [] }), /something else/],
  ])('a listing with %s is an error', async (_name, text, message) => {
    server.fault = (_asked, res) => void res.end(text) === undefined
    await expect(downloadModel(hubWith(), name())).rejects.toThrow(message)
  })

  it('endless redirects end', async () => {
    server.fault = (_asked, res) => void res.writeHead(302, { location: '/again' }).end() === undefined
    await expect(downloadModel(hubWith(), name())).rejects.toThrow(/redirects more than 10/)
  })

  it('a path that leads out of the cache is never written', async () => {
    const evil = [
      '../../../../evil.json',
      '/evil.json',
      'a/../../evil.json',
      'C:\\evil.json',
      'evil.json\0',
      'con:evil.json',
    ]
    serve({ files: { ...files, ...Object.fromEntries(evil.map((path) => [path, 'evil'])) } })
    const around = scratchFolder()
    await downloadModel(hubWith({ cache: join(around, 'deep/er/cache') }), name(), { dtype: 'fp16' })
    expect(tree(around).filter((path) => path.includes('evil'))).toEqual([])
    expect(server.asked.filter(({ path }) => path.includes('evil'))).toEqual([])
  })
})

describe('without the hub', () => {
  it('offline mode asks nobody: it gives what is there and says what is missing', async () => {
    serve()
    const hub = hubWith()
    const offline = { ...hub, offline: true }
    await expect(downloadModel(offline, name())).rejects.toThrow(
      /was not downloaded to .*anymodel pull hf:org\/repo while/,
    )
    await downloadModel(hub, name(), { dtype: 'q4' })
    server.asked.length = 0
    expect(await downloadModel(offline, name(), { dtype: 'q4' })).toMatchObject({ dtype: 'q4' })
    await expect(downloadModel(offline, name())).rejects.toThrow(/lacks onnx\/model_fp16\.onnx\. Name hf:org\/repo:q4/)
    expect(server.asked).toEqual([])
  })

  it('a file that was cut short is fetched again', async () => {
    serve()
    const hub = hubWith()
    const { folder } = await downloadModel(hub, name(), { dtype: 'fp16' })
    writeFileSync(join(folder, 'onnx/model_fp16.onnx'), 'short')
    await downloadModel(hub, name(), { dtype: 'fp16' })
    expect(statSync(join(folder, 'onnx/model_fp16.onnx')).size).toBe(5_000)
  })

  it('a hub that can not be reached is a network error', async () => {
    const closed = await hubServer()
    await closed.close()
    await expect(downloadModel(hubWith({ endpoint: closed.url }), name())).rejects.toMatchObject({ code: 'network' })
  })
})

describe('the disk', () => {
  it('a model that is removed while it is downloaded is an error, and the connection is not kept', async () => {
    serve()
    const hub = hubWith()
    const onStep = ({ file }: DownloadStep) => {
      if (file.endsWith('q4.onnx')) rmSync(join(hub.cache, 'hf'), { recursive: true, force: true })
    }
    await expect(downloadModel(hub, name(), { dtype: 'q4', onStep })).rejects.toMatchObject({
      code: 'config',
      message: expect.stringMatching(/Was the model removed/),
    })
  })

  it('a file in the way of the cache is a config error', async () => {
    serve()
    const cache = join(scratchFolder(), 'file')
    writeFileSync(cache, '')
    await expect(downloadModel(hubWith({ cache }), name())).rejects.toMatchObject({ code: 'config' })
  })

  it.skipIf(process.getuid?.() === 0)(
    'a folder without permission is one too (skipped for root, who has all)',
    async () => {
      serve()
      const cache = scratchFolder()
      chmodSync(cache, 0o500)
      await expect(downloadModel(hubWith({ cache }), name())).rejects.toThrow(/no permission to write.*ANYMODEL_CACHE/)
    },
  )

  it('a model that is larger than the free disk is refused before anything of it is asked for', async () => {
    serve()
    const size = 10 ** 15
    const huge = { rfilename: 'onnx/model.onnx', lfs: { sha256: 'f'.repeat(64), size } }
    server.fault = ({ path }: Asked, res) => {
      if (!path.startsWith('/api')) return false
      res.end(JSON.stringify({ sha: commitA, siblings: [huge] }))
      return true
    }
    await expect(downloadModel(hubWith(), name())).rejects.toThrow(
      /1000(\.0)? TB are still to be downloaded.*free\. Make room/,
    )
    expect(server.asked).toHaveLength(1)
  })
})

describe('hf: names', () => {
  it('of models that are larger than the memory are refused before anything of them is downloaded', async () => {
    const file = (path: string, size: number) => ({ rfilename: path, lfs: { sha256: 'f'.repeat(64), size } })
    const siblings = [
      file('onnx/model.onnx', 4_000),
      file('onnx/model.onnx_data', 10 ** 14),
      file('onnx/model_q4.onnx', 9),
    ]
    server.fault = (_asked, res) => void res.end(JSON.stringify({ sha: commitA, siblings })) === undefined
    const hub = { cache: scratchFolder(), endpoint: server.url }
    await expect(resolveModel('hf:org/huge', { hub })).rejects.toThrow(
      /weights of hf:org\/huge need 100 TB of memory, .* Choose a smaller precision, which is there: q4 \(9 bytes\)/,
    )
    expect(server.asked).toHaveLength(1)
  })

  it('are downloaded where the options or the environment say', async () => {
    serve()
    const cache = scratchFolder()
    vi.stubEnv('HF_ENDPOINT', `${server.url}/`)
    vi.stubEnv('ANYMODEL_CACHE', cache)
    vi.stubEnv('HF_TOKEN', '')
    vi.stubEnv('HF_HOME', scratchFolder())
    writeFileSync(join(process.env.HF_HOME as string, 'token'), ' hf_stored\n')
    const steps: DownloadStep[] = []
    const location = await resolveModel('hf:org/repo@main:fp16', {}, { onStep: (step) => steps.push(step) })
    expect(location).toEqual({ folder: join(cache, 'hf/org/repo', commitA), dtype: 'fp16' })
    expect(server.asked[0]?.headers.authorization).toBe('Bearer hf_stored')
    expect(steps.length).toBeGreaterThan(0)
    vi.stubEnv('HF_HUB_OFFLINE', '1')
    await expect(resolveModel('hf:org/repo:q4')).rejects.toMatchObject({ code: 'config', model: 'hf:org/repo:q4' })
  })

  it.each(['hf:gpt2', 'hf:../x', 'hf:org/..', 'hf:org/repo@../..', 'hf:org/repo/../x', 'hf:org//x', 'hf:org/repo@'])(
    '%s is none',
    async (id) => {
      await expect(resolveModel(id)).rejects.toMatchObject({
        code: 'config',
        message: expect.stringMatching(/is named hf:<org>/),
      })
    },
  )

  it('an endpoint or a token that can be none is refused without showing it', () => {
    expect(() => openHub({ endpoint: 'huggingface.co' })).toThrow(/is not a URL/)
    expect(() => openHub({ endpoint: 'https://me:secret-word@host' })).toThrow(/must not hold a user/)
    expect(() => openHub({ token: 'line\nbreak-secret' })).toThrow(expect.not.stringMatching(/secret/))
  })

  it('are downloaded with a fetch of the caller, if there is one', async () => {
    serve()
    const seen: string[] = []
    const fetch: typeof globalThis.fetch = (input, init) => {
      seen.push(String(input))
      return globalThis.fetch(input, init)
    }
    await resolveModel('hf:org/repo:fp16', { hub: { cache: scratchFolder(), endpoint: server.url, fetch } })
    expect(seen.length).toBeGreaterThan(3)
  })
})

it('a folder of a repository is a model of its own', async () => {
  const { 'onnx/model_q4.onnx': graph } = files
  server.repos['org/many'] = {
    files: {
      'cpu/int4/model.onnx': graph,
      'cpu/int4/model.onnx.data': 'x',
      'cpu/int4/genai_config.json': '{}',
      'gpu/model.onnx': 'y',
    },
  }
  await expect(downloadModel(hubWith(), name('org/many'))).rejects.toThrow(
    /no ONNX model.*cpu\/int4, gpu\. Name a folder: hf:org\/many\/<folder>/,
  )
  const hub = hubWith()
  const { folder } = await downloadModel(hub, name('org/many/cpu/int4'))
  expect(folder).toBe(join(hub.cache, 'hf/org/many', commitA, 'cpu/int4'))
  expect(tree(folder)).toEqual(['genai_config.json', 'model.onnx', 'model.onnx.data'])
})
