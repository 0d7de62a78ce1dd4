import { AnyModelError } from '@anymodel/core'
import type { Redis } from 'ioredis'

/** Connects, or rejects at once when nobody answers. */
export async function connectRedis(url: string): Promise<Redis> {
  const { Redis } = await installed(import('ioredis'), 'ioredis')
  // null: what BullMQ asks of its connections, so that they outlive a restart of the server.
  const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: null })
  // Without a listener, each failed attempt to connect would be written to the console.
  redis.on('error', () => {})
  try {
    await redis.connect()
    return redis
  } catch (cause) {
    redis.disconnect()
    throw new AnyModelError(
      'network',
      `Redis can not be reached. Check the url, and whether it runs. (${(cause as Error).message})`,
      { cause },
    )
  }
}

/** A package that only queues need, or `config` with its name. */
export async function installed<T>(loading: Promise<T>, name: string): Promise<T> {
  try {
    return await loading
  } catch (cause) {
    throw new AnyModelError('config', `Ingestion queues need the package ${name}: npm install ${name}`, { cause })
  }
}
