import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import { AnyModelError } from '@anymodel/core'
import { download } from '@anymodel/core/http'

/** A public key of a service. */
export type PublicKey = JsonWebKey & { readonly kid?: string }

const day = 86_400_000
const kept = new Map<string, { readonly keys: Promise<readonly PublicKey[]>; readonly until: number }>()

/** The keys that a service publishes at an address, read once a day. */
export function keysAt(url: string): Promise<readonly PublicKey[]> {
  const known = kept.get(url)
  if (known && known.until > Date.now()) return known.keys
  const keys = read(url)
  kept.set(url, { keys, until: Date.now() + day })
  keys.catch(() => kept.delete(url))
  return keys
}

/** Reads them anew, at most once a minute: services change their keys. */
export function renewedKeysAt(url: string): Promise<readonly PublicKey[]> {
  const known = kept.get(url)
  if (known && known.until - day > Date.now() - 60_000) return known.keys
  kept.delete(url)
  return keysAt(url)
}

async function read(url: string): Promise<readonly PublicKey[]> {
  const { bytes } = await download(new URL(url), { maxBytes: 1_000_000, allowPrivate: true })
  const keys = (parsed(bytes) as { keys?: unknown } | undefined)?.keys
  if (Array.isArray(keys)) return keys
  throw new AnyModelError(
    'malformed',
    `There are no public keys at ${new URL(url).host}: the webhook can't be checked.`,
  )
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return undefined
  }
}

/** A key as node has them; nothing for one that it does not know. */
export function toKey(key: PublicKey): KeyObject | undefined {
  try {
    return createPublicKey({ key, format: 'jwk' })
  } catch {
    return undefined
  }
}
