import { createHash, verify } from 'node:crypto'
import { keysAt, type PublicKey, renewedKeysAt, toKey } from './public-keys.ts'
import { checkTime, headersOf, notSigned, type Received } from './received.ts'

/** Public keys, or where they are. */
export type Keys = string | readonly PublicKey[]

type Check = (keys: readonly PublicKey[]) => boolean

/** With the keys that are known; where none of them fits, with those of today. */
async function checked(keys: Keys, fits: Check): Promise<void> {
  if (typeof keys !== 'string') {
    if (fits(keys)) return
  } else if (fits(await keysAt(keys)) || fits(await renewedKeysAt(keys))) return
  throw notSigned('is not right')
}

/** fal: Ed25519 over who, when, and the hash of the body. https://docs.fal.ai/model-endpoints/webhooks */
export async function checkFal(received: Received, keys: Keys = 'https://rest.fal.ai/.well-known/jwks.json') {
  const name = 'x-fal-webhook'
  const found = headersOf(
    received,
    ...([`${name}-request-id`, `${name}-user-id`, `${name}-timestamp`, `${name}-signature`] as const),
  )
  const time = found[`${name}-timestamp`]
  checkTime(time)
  const hash = createHash('sha256').update(received.body).digest('hex')
  const message = Buffer.from([found[`${name}-request-id`], found[`${name}-user-id`], time, hash].join('\n'))
  const signature = Buffer.from(found[`${name}-signature`], 'hex')
  await checked(keys, (all) =>
    all.some((one) => {
      const key = one.crv === 'Ed25519' ? toKey(one) : undefined
      return key !== undefined && verify(null, message, key, signature)
    }),
  )
}

/** Google: a token (RS256) for the audience of the webhook, in the header of the signature. https://ai.google.dev/gemini-api/docs/webhooks */
export async function checkGoogle(
  received: Received,
  audience: string,
  keys: Keys = 'https://generativelanguage.googleapis.com/.well-known/jwks.json',
): Promise<void> {
  const found = headersOf(received, 'webhook-timestamp', 'webhook-signature')
  checkTime(found['webhook-timestamp'])
  const [head = '', claims = '', signature = ''] = found['webhook-signature'].split('.')
  const { alg, kid } = decoded(head)
  if (alg !== 'RS256') throw notSigned('is not of the kind that Google sends')
  await checked(keys, (all) =>
    all.some((one) => {
      const key = one.kid === kid && one.kty === 'RSA' ? toKey(one) : undefined
      const signed = Buffer.from(`${head}.${claims}`)
      return key !== undefined && verify('RSA-SHA256', signed, key, Buffer.from(signature, 'base64url'))
    }),
  )
  const { aud, exp } = decoded(claims)
  if (![aud].flat().includes(audience)) throw notSigned('is for another audience')
  if (!(Number(exp) > Date.now() / 1_000)) throw notSigned('is too old, or of another time')
}

function decoded(part: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  } catch {}
  throw notSigned('is damaged')
}
