import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { basename } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { LimitOptions } from '@anymodel/core'
import { build } from 'esbuild'

/** What a process should do. */
export interface Orders {
  /** `redis://...` or `file:...`. */
  readonly state: string
  readonly key: string
  readonly calls: number
  readonly limit?: Pick<LimitOptions, 'requestsPerMinute' | 'tokensPerMinute' | 'concurrency'>
  readonly lease?: number
  /** Milliseconds that calls may wait for their turn. */
  readonly timeout?: number
  /** Tokens. */
  readonly budget?: number
  readonly cache?: boolean
  /** Milliseconds that an answer takes. */
  readonly answerMs: number
}

/** What came of it. */
export interface Report {
  /** When each request was sent and answered, in ms since the epoch. */
  readonly sent: readonly (readonly [from: number, to: number])[]
  readonly refused: Readonly<Record<string, number>>
}

export interface Member<O = Orders, R = Report> {
  readonly process: ChildProcess
  carryOut(orders: O): Promise<R>
}

/** Builds a program once, so that many processes start fast. It lies where its packages are found. */
export async function buildProgram(entry: URL): Promise<string> {
  const name = basename(entry.pathname)
  const outfile = fileURLToPath(new URL(`../node_modules/.cache/${name}-${randomUUID()}.mjs`, import.meta.url))
  await build({
    entryPoints: [fileURLToPath(entry)],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'bundle',
    external: ['ioredis', '@libsql/client', 'undici'],
    conditions: ['@anymodel/source'],
  })
  return outfile
}

/** A process that shares its state with others. */
export function startMember<O = Orders, R = Report>(program: string): Member<O, R> {
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })
  return {
    process: child,
    async carryOut(orders) {
      const line = once(lines, 'line')
      child.stdin.write(`${JSON.stringify(orders)}\n`)
      return JSON.parse((await line)[0] as string) as R
    },
  }
}

/** The most that ran at one time. */
export function mostAtOnce(spans: Report['sent']): number {
  const events = spans.flatMap(([from, to]) => [
    { at: from, by: 1 },
    { at: to, by: -1 },
  ])
  // Of what happens in the same millisecond, the end comes first.
  events.sort((a, b) => a.at - b.at || a.by - b.by)
  let running = 0
  let most = 0
  for (const { by } of events) {
    running += by
    most = Math.max(most, running)
  }
  return most
}
