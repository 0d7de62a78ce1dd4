import { type AnyModelError, generateText } from '@anymodel/core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { google } from './google.ts'

afterEach(() => vi.unstubAllEnvs())

async function refused(status: number, body: unknown): Promise<AnyModelError> {
  const fetch = (async () => Response.json(body, { status })) as unknown as typeof globalThis.fetch
  const model = google({ apiKey: 'key', fetch }).text('gemini-3.5-flash')
  return generateText({ model, prompt: 'Hi' }).then(
    () => Promise.reject(new Error('no error')),
    (error) => error,
  )
}

describe('error responses', () => {
  test('a bad key is told with status 400 and is an auth error', async () => {
    const details = [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' }]
    const error = { code: 400, message: 'API key not valid.', status: 'INVALID_ARGUMENT', details }
    expect(await refused(400, { error })).toMatchObject({ code: 'auth', status: 400, retryable: false })
  })

  test('how long to wait stands in the body, which may be an array', async () => {
    const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '48s' }]
    const error = { code: 429, message: 'Quota exceeded per minute.', status: 'RESOURCE_EXHAUSTED', details }
    expect(await refused(429, [{ error }])).toMatchObject({ code: 'rate-limit', retryAfter: 48_000 })
  })
})

describe('the key', () => {
  const keyOf = async () => {
    let sent: string | null = null
    const fetch = (async (_url: unknown, init?: { headers?: Record<string, string> }) => {
      sent = new Headers(init?.headers).get('x-goog-api-key')
      return Response.json({ candidates: [{ finishReason: 'STOP' }] })
    }) as typeof globalThis.fetch
    await generateText({ model: google({ fetch }).text('m'), prompt: 'Hi' })
    return sent
  }

  test('comes from GEMINI_API_KEY, else from GOOGLE_API_KEY', async () => {
    vi.stubEnv('GEMINI_API_KEY', '')
    vi.stubEnv('GOOGLE_API_KEY', 'second-key')
    expect(await keyOf()).toBe('second-key')
    vi.stubEnv('GEMINI_API_KEY', 'first-key')
    expect(await keyOf()).toBe('first-key')
  })

  test('is asked for by both names when there is none', async () => {
    vi.stubEnv('GEMINI_API_KEY', '')
    vi.stubEnv('GOOGLE_API_KEY', '')
    await expect(keyOf()).rejects.toThrow(/GEMINI_API_KEY or GOOGLE_API_KEY/)
  })
})
