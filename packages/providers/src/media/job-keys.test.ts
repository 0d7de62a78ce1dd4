import { generateImage, withRetry } from '@anymodel/core'
import { expect, it } from 'vitest'
import { replicate } from '../replicate.ts'
import { png, serve } from '../testing/service.ts'

const jobs = { first: 5, most: 20, total: 5_000 }
const keys = ['r8_first_token_0001', 'r8_second_token_002']

const prediction = (origin: string, more: object) => ({ id: 'p1', urls: { get: `${origin}/predictions/p1` }, ...more })

it('all requests of a job have the key that began it, the next job has the next key', async () => {
  const { seen, origin } = await serve(({ path }, times, origin) => {
    if (path === '/out.png') return { bytes: png }
    if (path !== '/predictions/p1') return { status: 201, json: prediction(origin, { status: 'starting' }) }
    const more = times % 3 < 2 ? { status: 'processing' } : { status: 'succeeded', output: [`${origin}/out.png`] }
    return { json: prediction(origin, more) }
  })
  const model = replicate({ apiKey: keys, baseURL: origin, jobs }).image('black-forest-labs/flux-dev')
  const used = async () => {
    const before = seen.length
    await generateImage({ model, prompt: 'a cat' })
    const sent = seen.slice(before).flatMap(({ headers }) => headers.authorization ?? [])
    expect(sent.length).toBeGreaterThan(1)
    return new Set(sent)
  }
  expect([await used(), await used()]).toEqual(keys.map((key) => new Set([`Bearer ${key}`])))
})

it('a key that is refused rests, and the job is begun with the next', async () => {
  const { seen, origin } = await serve(({ path, headers }, _times, origin) => {
    if (headers.authorization?.includes('first')) return { status: 401, json: { detail: 'No.' } }
    if (path === '/out.png') return { bytes: png }
    return { status: 201, json: prediction(origin, { status: 'succeeded', output: [`${origin}/out.png`] }) }
  })
  const model = replicate({ apiKey: keys, baseURL: origin, jobs }).image('black-forest-labs/flux-dev')
  const { images } = await generateImage({ model: withRetry(model), prompt: 'a cat' })
  expect(images).toHaveLength(1)
  expect(seen.flatMap(({ headers }) => headers.authorization ?? [])).toEqual(keys.map((key) => `Bearer ${key}`))
})
