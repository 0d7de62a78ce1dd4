import { generateText, withFallback, withRetry } from '@anymodel/core'
import { openaiCompatible } from '@anymodel/providers/openai-compatible'
import { type FaultServer, faultServer } from '@anymodel/testing'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'

const keyOf = (name: string) => `sk-${name}-0123456789abcdef`

let server: FaultServer
/** What is wrong with a key, by its name. */
const wrong = new Map<string, { status: number; message?: string; wait?: string }>()

beforeAll(async () => {
  server = await faultServer({
    faults: {
      keyed: ({ headers }) => {
        const fault = wrong.get(/sk-(\w+)-/.exec(String(headers.authorization))?.[1] ?? '')
        if (!fault) return undefined
        const { status, message = `No: ${headers.authorization}`, wait } = fault
        return { error: { status, message }, headers: wait === undefined ? {} : { 'retry-after': wait } }
      },
    },
  })
})
afterAll(() => server.close())
beforeEach(() => wrong.clear())

let count = 0
/** A model with these keys, and the names of the keys that its requests had. */
function keyed(...names: string[]) {
  const id = `keyed@${++count}`
  const model = openaiCompatible({ name: 'house', baseURL: `${server.url}/v1`, apiKey: names.map(keyOf) }).text(id)
  const used = () => server.log(id).map(({ request }) => /sk-(\w+)-/.exec(String(request.headers.authorization))?.[1])
  return { model, used }
}

test('keys take turns', async () => {
  const { model, used } = keyed('a', 'b', 'c')
  for (let call = 0; call < 5; call++) await generateText({ model, prompt: 'x' })
  expect(used()).toEqual(['a', 'b', 'c', 'a', 'b'])
})

test.each([
  ['refused', { status: 401 }],
  ['forbidden', { status: 403 }],
  ['limited', { status: 429, wait: '30' }],
  ['out of quota', { status: 429, message: 'You exceeded your current quota: check your billing.' }],
])('a key that is %s rests, and the request is repeated at once with another', async (_what, fault) => {
  const { model, used } = keyed('a', 'b')
  wrong.set('a', fault)
  const before = Date.now()
  for (let call = 0; call < 3; call++) await generateText({ model: withRetry(model), prompt: 'x' })
  expect(used()).toEqual(['a', 'b', 'b', 'b'])
  expect(Date.now() - before).toBeLessThan(10_000)
})

test('in a fallback the other key comes before the other model, and the model does not rest', async () => {
  const { model, used } = keyed('a', 'b')
  const spare = keyed('c')
  wrong.set('a', { status: 429 })
  const both = withFallback([model, spare.model])
  for (let call = 0; call < 3; call++) await generateText({ model: both, prompt: 'x' })
  expect(used()).toEqual(['a', 'b', 'b', 'b'])
  expect(spare.used()).toEqual([])
})

test('when all keys are refused the error is theirs, and no key is in it', async () => {
  const { model, used } = keyed('a', 'b')
  wrong.set('a', { status: 401 })
  wrong.set('b', { status: 401 })
  const error = await generateText({ model: withRetry(model), prompt: 'x' }).catch((thrown) => thrown)
  expect(error).toMatchObject({ code: 'auth', retryable: false })
  expect(used()).toEqual(['a', 'b'])
  expect(`${error.message} ${JSON.stringify(error)}`).not.toMatch(/0123456789abcdef/)
})

test('when all keys are limited, the first that comes back says how long to wait', async () => {
  const { model } = keyed('a', 'b')
  wrong.set('a', { status: 429, wait: '20' })
  wrong.set('b', { status: 429, wait: '60' })
  const error = await generateText({ model: withRetry(model, { maxWait: 0 }), prompt: 'x' }).catch((thrown) => thrown)
  expect(error.code).toBe('rate-limit')
  expect(error.retryAfter).toBeGreaterThan(10_000)
  expect(error.retryAfter).toBeLessThanOrEqual(20_000)
})

test('a key that has rested has its turn again', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  try {
    const { model, used } = keyed('a', 'b')
    wrong.set('a', { status: 429, wait: '30' })
    await generateText({ model: withRetry(model), prompt: 'x' })
    wrong.clear()
    vi.setSystemTime(Date.now() + 30_001)
    await generateText({ model, prompt: 'x' })
    await generateText({ model, prompt: 'x' })
    expect(used().slice(2).sort()).toEqual(['a', 'b'])
  } finally {
    vi.useRealTimers()
  }
})

test('a key may be fetched for each request', async () => {
  const id = `keyed@${++count}`
  const fetched: string[] = []
  const fetch = (name: string) => () => {
    fetched.push(name)
    return Promise.resolve(keyOf(name))
  }
  const model = openaiCompatible({ name: 'house', baseURL: `${server.url}/v1`, apiKey: [fetch('a'), fetch('b')] })
  wrong.set('a', { status: 401 })
  await generateText({ model: withRetry(model.text(id)), prompt: 'x' })
  expect(fetched).toEqual(['a', 'b'])
})
