import { isAnyModelError } from '@anymodel/core'
import { seeded } from '@anymodel/testing'
import { expect } from 'vitest'
import { secret } from './media-fault.ts'

type Random = () => number

const strange: readonly unknown[] = [
  ...[null, true, -1, 1e308, '', 'x', [], {}, [null], { url: 5 }],
  ...['@127.0.0.1:1/x', 'https://127.0.0.1:1/x', '../../x', 'failed', 'done'],
]

/** A value with one thing in it replaced by another. */
function broken(value: unknown, random: Random): unknown {
  const pick = () => strange[Math.floor(random() * strange.length)]
  if (typeof value !== 'object' || value === null || random() < 0.15) return pick()
  const entries = Object.entries(value)
  if (entries.length === 0) return pick()
  const at = Math.floor(random() * entries.length)
  const changed = entries.map(([name, one], index) => [name, index === at ? broken(one, random) : one] as const)
  return Array.isArray(value) ? changed.map(([, one]) => one) : Object.fromEntries(changed)
}

const brokenJson = (text: string, random: Random): string =>
  text === '' ? text : JSON.stringify(broken(JSON.parse(text), random))

/** One event of a stream with something else in it. */
function brokenStream(text: string, random: Random): string {
  const lines = text.split('\n')
  const events = lines.flatMap((line, at) => (line.startsWith('data: {') ? [at] : []))
  const at = events[Math.floor(random() * events.length)]
  if (at === undefined) return text
  return lines.with(at, `data: ${brokenJson((lines[at] as string).slice(6), random)}`).join('\n')
}

/** A `fetch` that breaks about one answer of three. */
const breaking =
  (random: Random, asked: string[]): typeof fetch =>
  async (input, init) => {
    asked.push(String(input))
    const reply = await fetch(input, init)
    const type = reply.headers.get('content-type') ?? ''
    if (!/json|event-stream/.test(type) || random() > 0.35) return reply
    const text = await reply.text()
    const body = type.includes('json') ? brokenJson(text, random) : brokenStream(text, random)
    return new Response(body, { status: reply.status, headers: reply.headers })
  }

/** Has an adapter ask a service whose answers have strange things in them, many times. Each call must end, with a result or an error of ours, and nothing goes to addresses of others. `failures`: of so many calls at least. */
export async function tryHostile(
  ask: (options: { readonly fetch: typeof fetch }) => Promise<unknown>,
  { times = 40, failures: least = 2 } = {},
): Promise<void> {
  const asked: string[] = []
  let failures = 0
  for (let seed = 1; seed <= times; seed++) {
    const error = await ask({ fetch: breaking(seeded(seed), asked) }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    if (error === undefined) continue
    failures++
    expect(isAnyModelError(error), `seed ${seed}: ${String((error as Error).stack)}`).toBe(true)
    expect((error as Error).message).not.toContain(secret)
  }
  expect(failures).toBeGreaterThanOrEqual(least)
  expect(asked.filter((url) => new URL(url).port === '1')).toEqual([])
}
