import { cancelVideo, generateVideo, resumeVideo, startVideo, streamVideo, withRetry } from '@anymodel/core'
import { describe, expect, it } from 'vitest'
import { openai } from './openai.ts'
import { openaiCompatible } from './openai-compatible.ts'
import { png, type Reply, type Seen, serve } from './testing/service.ts'

/** The beginning of an MP4 file. */
const mp4 = Buffer.from([0, 0, 0, 16, ...Buffer.from('ftypisom'), 0, 0, 0, 0])
const film: Reply = { bytes: mp4, type: 'video/mp4' }
const jobs = { first: 5, most: 20, total: 5_000 }
const prompt = 'waves on a beach'

describe("OpenAI's dialect", () => {
  const at = (baseURL: string, id = 'sora-2') =>
    openaiCompatible({ name: 'house', baseURL, apiKey: 'sk-secret-key', jobs }).video(id)
  const job = (more: object) => ({ id: 'video_1', object: 'video', model: 'sora-2', ...more })
  const answering = ({ path, method }: Seen, times: number): Reply => {
    if (path === '/videos/video_1/content') return film
    if (method === 'POST') return { json: job({ status: 'queued', progress: 0 }) }
    return { json: job(times === 0 ? { status: 'in_progress', progress: 40 } : { status: 'completed', seconds: '4' }) }
  }

  it('begins a job, looks until it is done, and fetches the video with its key', async () => {
    const { seen, origin } = await serve(answering)
    const model = at(origin)
    const { videos, response, warnings } = await generateVideo({ model, prompt, seconds: 5, aspectRatio: '16:9' })
    expect(videos[0]?.mediaType).toBe('video/mp4')
    expect(mp4.equals(videos[0]?.data ?? Buffer.of())).toBe(true)
    expect(response).toMatchObject({ id: 'video_1', details: { seconds: '4' } })
    expect(seen[0]).toMatchObject({
      path: '/videos',
      body: { model: 'sora-2', prompt, seconds: '4', size: '1280x720' },
    })
    expect(warnings).toMatchObject([{ option: 'seconds', message: expect.stringContaining('became 4') }])
    expect(seen.at(-1)).toMatchObject({
      path: '/videos/video_1/content',
      headers: { authorization: 'Bearer sk-secret-key' },
    })
  })

  it('sends a picture to begin with as a form', async () => {
    const { seen, origin } = await serve(answering)
    await generateVideo({ model: at(origin), prompt, firstFrame: png, seconds: 8, extra: { user: 'me' } })
    const { text = '', headers } = seen[0] ?? {}
    expect(headers?.['content-type']).toMatch(/^multipart\/form-data/)
    for (const part of ['name="input_reference"; filename=', 'name="seconds"\r\n\r\n8', 'name="user"\r\n\r\nme'])
      expect(text).toContain(part)
  })

  it('tells the job, progress and the video', async () => {
    const { origin } = await serve(answering)
    const types: string[] = []
    for await (const event of streamVideo({ model: at(origin), prompt }))
      types.push(event.type === 'progress' ? `progress ${event.fraction}` : event.type)
    expect(types.filter((type) => type !== 'notice')).toEqual([
      'submitted',
      'progress 0',
      'progress 0.4',
      'video',
      'finish',
    ])
  })

  it('a handle goes through JSON to another process, and holds no key', async () => {
    const { seen, origin } = await serve(answering)
    const written = JSON.stringify(await startVideo({ model: at(origin), prompt }))
    expect(seen).toHaveLength(1)
    expect(written).not.toContain('secret')
    const { videos } = await resumeVideo({ model: at(origin), job: JSON.parse(written) })
    expect(videos).toHaveLength(1)
    expect(seen.filter(({ method }) => method === 'POST')).toHaveLength(1)
    await expect(cancelVideo({ model: at(origin), job: JSON.parse(written) })).rejects.toMatchObject({
      code: 'unsupported',
    })
  })

  it('a job that was done at once has a handle too', async () => {
    const { origin } = await serve(({ path }) =>
      path.endsWith('/content') ? film : { json: job({ status: 'completed' }) },
    )
    const handle = await startVideo({ model: at(origin), prompt })
    expect((await resumeVideo({ model: at(origin), job: handle })).videos).toHaveLength(1)
  })

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a text', 'video_1'],
    ['a job of another model', { provider: 'house', model: 'sora-1', job: { look: { method: 'GET', path: '/x' } } }],
    ['a job without its request', { provider: 'house', model: 'sora-2', job: {} }],
    [
      'a job with a strange method',
      { provider: 'house', model: 'sora-2', job: { look: { method: 'LOOK', path: '/' } } },
    ],
    ['a path that is no text', { provider: 'house', model: 'sora-2', job: { look: { method: 'GET', path: 7 } } }],
  ])('refuses %s as a handle, before anything is sent', async (_what, handle) => {
    const { seen, origin } = await serve(answering)
    const resumed = resumeVideo({ model: at(origin), job: handle as never })
    await expect(resumed).rejects.toMatchObject({ code: 'invalid-argument' })
    expect(seen).toEqual([])
  })

  it.each(['https://elsewhere.example/videos/1', '@elsewhere.example/videos/1', '.elsewhere.example/1', 'file:///etc'])(
    'never takes its key to %s, whatever a handle says',
    async (path) => {
      const { seen, origin } = await serve(answering)
      const handle = { provider: 'house', model: 'sora-2', job: { look: { method: 'GET', path } } }
      await expect(resumeVideo({ model: at(origin), job: handle })).rejects.toMatchObject({ code: 'malformed' })
      expect(seen).toEqual([])
    },
  )

  it('of several keys, a job and its file have the same', async () => {
    const { seen, origin } = await serve(answering)
    const apiKey = ['sk-first-secret', 'sk-second-secret']
    const model = openaiCompatible({ name: 'house', baseURL: origin, apiKey, jobs }).video('sora-2')
    await generateVideo({ model, prompt })
    expect(new Set(seen.map(({ headers }) => headers.authorization))).toEqual(new Set(['Bearer sk-first-secret']))
    await startVideo({ model, prompt })
    expect(seen.at(-1)?.headers.authorization).toBe('Bearer sk-second-secret')
  })

  it('a look that fails for a passing reason does not lose the job', async () => {
    const { seen, origin } = await serve((one, times) =>
      one.method === 'GET' && one.path === '/videos/video_1' && times < 3
        ? { status: [503, 429, 502][times] as number, text: 'busy', type: 'text/plain' }
        : answering(one, times - 3),
    )
    expect((await generateVideo({ model: at(origin), prompt })).videos).toHaveLength(1)
    expect(seen.filter(({ method }) => method === 'POST')).toHaveLength(1)
  })

  it('a file that can not be fetched for a passing reason is fetched again', async () => {
    const replies: Reply[] = [
      { status: 503, text: 'busy', type: 'text/plain' },
      { status: 502, text: 'bad gateway', type: 'text/plain' },
      film,
    ]
    const { seen, origin } = await serve((one, times) =>
      one.path.endsWith('/content') ? (replies[times] as Reply) : answering(one, times),
    )
    expect((await generateVideo({ model: withRetry(at(origin)), prompt })).videos).toHaveLength(1)
    expect(seen.filter(({ path }) => path.endsWith('/content'))).toHaveLength(3)
    expect(seen.filter(({ method }) => method === 'POST')).toHaveLength(1)
  })

  it('a job that can not be seen any more is an error, and no second one is begun', async () => {
    const { seen, origin } = await serve((one, times) =>
      one.method === 'GET' ? { status: 500, json: { error: { message: 'down' } } } : answering(one, times),
    )
    const model = withRetry(at(origin))
    await expect(generateVideo({ model, prompt })).rejects.toMatchObject({ code: 'server', retryable: false })
    expect(seen.map(({ method }) => method)).toEqual(['POST', 'GET', 'GET', 'GET', 'GET', 'GET'])
  })

  it('a job that failed is begun again by a retry, one that was moderated is not', async () => {
    let error: object = { code: 'internal', message: 'A worker died.' }
    const { seen, origin } = await serve(({ method, path }, times) => {
      if (path.endsWith('/content')) return film
      if (method === 'POST') return { json: job({ status: 'queued' }) }
      return { json: times === 0 ? job({ status: 'failed', error }) : job({ status: 'completed' }) }
    })
    const model = withRetry(at(origin))
    const { attempts } = await generateVideo({ model, prompt })
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['server', 'ok'])
    seen.length = 0
    error = { code: 'moderation_blocked', message: 'Your request was blocked by our moderation system.' }
    await expect(generateVideo({ model, prompt })).rejects.toMatchObject({ code: 'content-filter' })
  })

  it('says when a job has vanished, its file has expired, or is no video', async () => {
    let content: Reply = { status: 404, json: { error: { message: 'expired' } } }
    let gone = false
    const { origin } = await serve(({ method, path }) => {
      if (path.endsWith('/content')) return content
      if (gone && method === 'GET') return { status: 404, json: { error: { message: 'No such video' } } }
      return { json: job({ status: 'completed' }) }
    })
    const failing = () => generateVideo({ model: at(origin), prompt })
    await expect(failing()).rejects.toMatchObject({ code: 'not-found', message: expect.stringContaining('expired') })
    content = { text: '<html>Sign in</html>', type: 'text/html' }
    await expect(failing()).rejects.toMatchObject({ code: 'malformed' })
    gone = true
    await expect(failing()).rejects.toMatchObject({ code: 'not-found', message: expect.stringContaining('this job') })
  })

  it.each<[string, Reply]>([
    ['a page', { text: '<html>hello</html>', type: 'text/html' }],
    ['a list', { json: [] }],
    ['a job without an id', { json: { status: 'queued' } }],
    ['nothing', { text: '' }],
  ])('%s in place of a job is malformed', async (_what, reply) => {
    const { origin } = await serve(() => reply)
    await expect(generateVideo({ model: at(origin), prompt })).rejects.toMatchObject({ code: 'malformed' })
  })

  it('takes only so long', async () => {
    const { origin } = await serve(() => ({ json: job({ status: 'in_progress' }) }))
    const hasty = openaiCompatible({ name: 'house', baseURL: origin, jobs: { ...jobs, total: 50 } }).video('sora-2')
    await expect(generateVideo({ model: hasty, prompt })).rejects.toMatchObject({ code: 'timeout', clock: 'total' })
  })

  it('OpenAI itself is said to have none any more, before anything is sent', async () => {
    const model = openai({ apiKey: 'sk-secret-key' }).video('sora-2')
    await expect(generateVideo({ model, prompt })).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringMatching(/2026-09-24.*google\(\)\.video/),
    })
    const { origin } = await serve(answering)
    const elsewhere = openai({ apiKey: 'sk-secret-key', baseURL: origin, jobs }).video('sora-2')
    expect((await generateVideo({ model: elsewhere, prompt })).videos).toHaveLength(1)
  })
})
