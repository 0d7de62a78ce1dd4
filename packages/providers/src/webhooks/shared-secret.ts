import { createHmac, timingSafeEqual } from 'node:crypto'
import { checkTime, headersOf, notSigned, type Received } from './received.ts'

const same = (given: Buffer, right: Buffer): boolean => given.length === right.length && timingSafeEqual(given, right)

/** Standard Webhooks, as OpenAI, Replicate and Google sign. One of several signatures must be right. https://www.standardwebhooks.com */
export function checkStandard(received: Received, secret: string): void {
  const found = headersOf(received, 'webhook-id', 'webhook-timestamp', 'webhook-signature')
  const { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': signatures } = found
  checkTime(time)
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret)
  const right = createHmac('sha256', key).update(`${id}.${time}.`).update(received.body).digest()
  const isRight = signatures.split(' ').some((one) => {
    const [, signature] = /^v1,(.+)$/.exec(one) ?? []
    return signature !== undefined && same(Buffer.from(signature, 'base64'), right)
  })
  if (!isRight) throw notSigned('is not right')
}

/** OpenRouter's own. https://openrouter.ai/docs/cookbook/video-generation/video-generation-webhooks */
export function checkOpenRouter(received: Received, secret: string): void {
  const { 'x-openrouter-signature': header } = headersOf(received, 'x-openrouter-signature')
  const parts = Object.fromEntries(header.split(',').map((part) => part.trim().split('=', 2)))
  const { t: time = '', v1: signature = '' } = parts as { t?: string; v1?: string }
  checkTime(time)
  const right = createHmac('sha256', secret).update(`${time},`).update(received.body).digest()
  if (!same(Buffer.from(signature, 'hex'), right)) throw notSigned('is not right')
}
