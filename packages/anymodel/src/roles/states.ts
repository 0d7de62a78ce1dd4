import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { AnyModelError, memoryState, redisState, type State, sqliteState } from '@anymodel/core'
import type { CheckedConfig } from '../config/check.ts'
import { expand } from '../config/variables.ts'

/** A state that is open. */
interface OpenState {
  readonly state: State
  close(): void
}

/** The states of a client, each opened when it is first needed: an edit elsewhere in the config forgets nothing. */
export class States {
  readonly #open = new Map<string, Promise<OpenState>>()

  /** The state that a config names. Rejects with `config` when its package is not installed. */
  async of({ state, dir }: Pick<CheckedConfig, 'state' | 'dir'>): Promise<State> {
    const key = JSON.stringify([state, dir])
    const opening = this.#open.get(key) ?? openState(state, dir)
    this.#open.set(key, opening)
    try {
      return (await opening).state
    } catch (error) {
      this.#open.delete(key)
      throw error
    }
  }

  async close(): Promise<void> {
    const all = await Promise.allSettled(this.#open.values())
    for (const one of all) if (one.status === 'fulfilled') one.value.close()
    this.#open.clear()
  }
}

async function openState(state: CheckedConfig['state'], dir: string): Promise<OpenState> {
  if (state === 'memory') return { state: memoryState(), close: () => {} }
  const context = { needed: 'The state needs its place', dir }
  return 'sqlite' in state
    ? openFile(resolve(dir, expand(state.sqlite, context)))
    : openServer(expand(state.redis, context))
}

async function openFile(path: string): Promise<OpenState> {
  const { createClient } = await needed('@libsql/client', () => import('@libsql/client'))
  const client = opened(path, () => createClient({ url: pathToFileURL(path).href }))
  return { state: sqliteState(client), close: () => client.close() }
}

function opened<C>(path: string, open: () => C): C {
  try {
    return open()
  } catch (cause) {
    const message = `The state's file ${path} can't be opened. Check that its folder is there, and that it may be written.`
    throw new AnyModelError('config', message, { cause })
  }
}

async function openServer(url: string): Promise<OpenState> {
  const { Redis } = await needed('ioredis', () => import('ioredis'))
  // What can't be sent at once is an error: nobody waits for it later.
  const now = { enableOfflineQueue: false, autoResendUnfulfilledCommands: false }
  const client = new Redis(url, { ...now, lazyConnect: true, connectTimeout: 1_000 })
  // It connects again by itself; what fails meanwhile is told to those who ask.
  client.on('error', () => {})
  await client.connect().catch(() => {})
  return { state: redisState(client), close: () => client.disconnect() }
}

async function needed<M>(name: string, load: () => Promise<M>): Promise<M> {
  try {
    return await load()
  } catch (cause) {
    throw new AnyModelError('config', `The state of the config needs the package ${name}: npm install ${name}`, {
      cause,
    })
  }
}
