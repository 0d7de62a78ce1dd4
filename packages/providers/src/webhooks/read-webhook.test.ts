import { createHash, createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { serve } from '../testing/service.ts'
import { readVideoWebhook, type VideoWebhook } from './read-webhook.ts'

const secret = `whsec_${Buffer.from('a secret of some length').toString('base64')}`
const now = (): string => String(Math.floor(Date.now() / 1_000))
const prediction = JSON.stringify({ id: 'p1', status: 'succeeded', output: 'https://example.com/a.mp4' })

/** Headers of Standard Webhooks. */
function standard(body: string, { time = now(), key = Buffer.from('a secret of some length') } = {}) {
  const signature = createHmac('sha256', key).update(`msg_1.${time}.${body}`).digest('base64')
  return { 'Webhook-Id': 'msg_1', 'webhook-timestamp': time, 'webhook-signature': `v1,${signature}` }
}

const replicate = (more: Partial<VideoWebhook> = {}) =>
  readVideoWebhook({
    ...{ provider: 'replicate', model: 'google/veo-3.1', headers: standard(prediction), body: prediction, secret },
    ...more,
  } as VideoWebhook)

describe('a webhook that is signed with a secret', () => {
  it('gives the handle of the job and its state', async () => {
    expect(await replicate()).toEqual({
      job: {
        provider: 'replicate',
        model: 'google/veo-3.1',
        job: {
          look: { method: 'GET', path: '/predictions/p1' },
          cancel: { method: 'POST', path: '/predictions/p1/cancel' },
        },
      },
      id: 'p1',
      state: 'done',
      verified: true,
    })
  })

  it('may come as bytes, with headers of fetch, and one signature of several', async () => {
    const { 'webhook-signature': right, ...rest } = standard(prediction)
    const headers = new Headers({ ...rest, 'webhook-signature': `v1,AAAA v1a,BBBB ${right}` })
    expect(await replicate({ headers, body: new TextEncoder().encode(prediction) })).toMatchObject({ state: 'done' })
  })

  it.each([
    ['of another body', { body: prediction.replace('p1', 'p2') }],
    ['of another key', { headers: standard(prediction, { key: Buffer.from('another') }) }],
    ['that is old', { headers: standard(prediction, { time: String(Number(now()) - 600) }) }],
    ['that is to come', { headers: standard(prediction, { time: String(Number(now()) + 600) }) }],
    ['whose time is none', { headers: standard(prediction, { time: 'soon' }) }],
    ['that is missing', { headers: {} }],
    ['that is cut', { headers: { ...standard(prediction), 'webhook-signature': 'v1,' } }],
    ['of no version', { headers: { ...standard(prediction), 'webhook-signature': 'AAAA' } }],
  ])('is refused with a signature %s', async (_what, more) => {
    await expect(replicate(more)).rejects.toMatchObject({ code: 'auth', retryable: false })
  })

  it.each([undefined, ''])('is refused where there is no secret', async (none) => {
    await expect(replicate({ secret: none as string })).rejects.toMatchObject({ code: 'invalid-argument' })
  })

  it.each(['', 'x', '[]', '7', 'null', '{}', '{"id":7}', '{"id":"../../account"}', '{"id":"a/b"}'])(
    'with the body %j tells no job',
    async (body) => {
      await expect(replicate({ body, headers: standard(body) })).rejects.toMatchObject({ code: 'malformed' })
    },
  )

  it('must be of a service that calls', async () => {
    const provider = 'constructor' as 'fal'
    await expect(replicate({ provider })).rejects.toMatchObject({ code: 'invalid-argument' })
    await expect(replicate({ body: {} as string })).rejects.toMatchObject({ code: 'invalid-argument' })
  })
})

it('OpenRouter signs in a way of its own', async () => {
  const body = JSON.stringify({ type: 'video.generation.failed', data: { id: 'v1', status: 'failed' } })
  const time = now()
  const signature = createHmac('sha256', 'plain secret').update(`${time},${body}`).digest('hex')
  const call = { provider: 'openrouter', model: 'google/veo-3.1', body, secret: 'plain secret' } as const
  const told = await readVideoWebhook({ ...call, headers: { 'X-OpenRouter-Signature': `t=${time},v1=${signature}` } })
  expect(told).toMatchObject({ id: 'v1', state: 'failed', job: { job: { look: { path: '/videos/v1' } } } })
  for (const header of [`t=${time},v1=${signature.replace(/./g, '0')}`, `t=1,v1=${signature}`, `v1=${signature}`, 'x'])
    await expect(readVideoWebhook({ ...call, headers: { 'x-openrouter-signature': header } })).rejects.toMatchObject({
      code: 'auth',
    })
})

describe('fal', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const body = JSON.stringify({ request_id: 'q1', status: 'OK', payload: { video: { url: 'https://example.com/a' } } })
  const headersOf = (time = now(), of = body) => {
    const message = ['q1', 'user', time, createHash('sha256').update(of).digest('hex')].join('\n')
    return {
      'X-Fal-Webhook-Request-Id': 'q1',
      'X-Fal-Webhook-User-Id': 'user',
      'X-Fal-Webhook-Timestamp': time,
      'X-Fal-Webhook-Signature': sign(null, Buffer.from(message), privateKey).toString('hex'),
    }
  }
  const keys = [{ kty: 'RSA' }, publicKey.export({ format: 'jwk' })]
  const call = { provider: 'fal', model: 'fal-ai/kling-video/v2/pro', body, keys } as const

  it('signs with a key that it publishes', async () => {
    const { job, state } = await readVideoWebhook({ ...call, headers: headersOf() })
    expect(state).toBe('done')
    expect(job.job).toMatchObject({
      look: { path: '/fal-ai/kling-video/requests/q1/status' },
      cancel: { method: 'PUT' },
    })
  })

  it('is refused with another body, another key, or late', async () => {
    const others = [generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' })]
    const refused = { code: 'auth' }
    await expect(readVideoWebhook({ ...call, headers: headersOf(now(), '{}') })).rejects.toMatchObject(refused)
    await expect(readVideoWebhook({ ...call, headers: headersOf(), keys: others })).rejects.toMatchObject(refused)
    await expect(readVideoWebhook({ ...call, headers: headersOf(), keys: [] })).rejects.toMatchObject(refused)
    await expect(readVideoWebhook({ ...call, headers: headersOf('1700000000') })).rejects.toMatchObject(refused)
  })

  it('its keys are read once, and anew where none of them fits', async () => {
    let published: object[] = []
    const { seen, origin } = await serve(() => ({ json: { keys: published } }))
    const asked = { ...call, keys: `${origin}/jwks.json` }
    await expect(readVideoWebhook({ ...asked, headers: headersOf() })).rejects.toMatchObject({ code: 'auth' })
    published = keys
    // Within a minute nobody makes us ask again.
    await expect(readVideoWebhook({ ...asked, headers: headersOf() })).rejects.toMatchObject({ code: 'auth' })
    expect(seen).toHaveLength(1)
    const other = { ...call, keys: `${origin}/other.json` }
    await readVideoWebhook({ ...other, headers: headersOf() })
    await readVideoWebhook({ ...other, headers: headersOf() })
    expect(seen).toHaveLength(2)
  })

  it('without its keys nothing is believed', async () => {
    const { origin } = await serve(() => ({ text: '<html></html>', type: 'text/html' }))
    await expect(readVideoWebhook({ ...call, keys: origin, headers: headersOf() })).rejects.toMatchObject({
      code: 'malformed',
    })
  })
})

describe('Google', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const keys = [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1' }]
  const body = JSON.stringify({ type: 'video.generated', version: 'v1', data: { id: 'op1' } })
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  function token(claims: object, { alg = 'RS256', kid = 'k1' } = {}): string {
    const signed = `${part({ alg, kid })}.${part(claims)}`
    return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), privateKey).toString('base64url')}`
  }
  const headers = (signature: string) => ({
    'webhook-id': '1',
    'webhook-timestamp': now(),
    'webhook-signature': signature,
  })
  const soon = Number(now()) + 600
  const call = { provider: 'google', model: 'veo-3.1', body, keys, audience: 'mine' } as const

  it('sends a token for us', async () => {
    const news = await readVideoWebhook({ ...call, headers: headers(token({ aud: 'mine', exp: soon })) })
    expect(news).toMatchObject({ state: 'done', job: { job: { look: { path: '/models/veo-3.1/operations/op1' } } } })
  })

  it.each([
    ['for another', token({ aud: 'theirs', exp: soon })],
    ['for nobody', token({ exp: soon })],
    ['that has expired', token({ aud: 'mine', exp: 1 })],
    ['without an end', token({ aud: 'mine' })],
    ['of an unknown key', token({ aud: 'mine', exp: soon }, { kid: 'k2' })],
    ['that is not signed', token({ aud: 'mine', exp: soon }, { alg: 'none' })],
    [
      'that was changed',
      token({ aud: 'theirs', exp: soon }).replace(/\.[^.]+\./, `.${part({ aud: 'mine', exp: soon })}.`),
    ],
    ['that is none', 'v1,AAAA'],
  ])('is refused with a token %s', async (_what, signature) => {
    await expect(readVideoWebhook({ ...call, headers: headers(signature) })).rejects.toMatchObject({ code: 'auth' })
  })

  it('signs with a secret where the webhook was made for a project', async () => {
    const { audience: _audience, ...rest } = call
    expect(await readVideoWebhook({ ...rest, secret, headers: standard(body) })).toMatchObject({ state: 'done' })
    await expect(readVideoWebhook({ ...rest, headers: standard(body) })).rejects.toMatchObject({
      code: 'invalid-argument',
    })
  })
})

it('what Luma calls is told, and that nobody vouches for it', async () => {
  const body = JSON.stringify({ id: 'g1', state: 'dreaming', assets: null })
  const news = await readVideoWebhook({ provider: 'luma', model: 'ray-2', headers: {}, body })
  expect(news).toMatchObject({ id: 'g1', state: 'waiting', verified: false })
})
