import { expect, it } from 'vitest'
import type { Part } from '../contract/part.ts'
import { mergeParts, Shared } from './share.ts'

const text = (value: string): Part => ({ type: 'text', text: value })

/** A source of `count` one-letter parts that respects the window. */
function source(count: number) {
  const state = { made: 0, left: false }
  const shared: Shared = new Shared(
    async () => {
      for (; state.made < count && !state.left; ) {
        state.made++
        shared.push(text('x'))
        if (shared.full) await shared.room()
        else if (state.made % 100 === 0) await null
      }
      shared.end()
    },
    () => {
      state.left = true
    },
    mergeParts,
  )
  return { shared, state }
}

const readAll = async (shared: Shared, pause = 0) => {
  let all = ''
  for await (const part of shared.read()) {
    if (part.type === 'text') all += part.text
    if (pause && all.length % pause === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  return all
}

it('fast, slow and late readers all get everything', async () => {
  const { shared } = source(10_000)
  const first = Promise.all([readAll(shared), readAll(shared, 50)])
  await new Promise((resolve) => setTimeout(resolve, 5))
  const late = readAll(shared)
  for (const all of [...(await first), await late, await readAll(shared)]) expect(all).toHaveLength(10_000)
})

it('a reader that does not read holds the source back', async () => {
  const { shared, state } = source(100_000)
  const slow = shared.read()
  await slow.next()
  const fast = readAll(shared)
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(state.made).toBeLessThan(3_000)
  await slow.return()
  expect(await fast).toHaveLength(100_000)
})

it('with nobody reading, keepAlive runs the source to its end without holding its parts one by one', async () => {
  const { shared, state } = source(50_000)
  shared.keepAlive()
  await expect.poll(() => state.made).toBe(50_000)
  const parts: Part[] = []
  for await (const part of shared.read()) parts.push(part)
  expect(parts.length).toBeLessThan(3_000)
  expect(parts.reduce((sum, part) => sum + (part.type === 'text' ? part.text.length : 0), 0)).toBe(50_000)
})

it('a part that a reader holds does not change when later ones are merged', async () => {
  const { shared } = source(5_000)
  const reader = shared.read()
  const held: Part[] = []
  for await (const part of reader) held.push(part)
  expect(held.every((part) => part.type === 'text' && part.text === 'x')).toBe(true)
  const late = shared.read()
  const first = (await late.next()).value as { text: string }
  const length = first.text.length
  await readAll(shared)
  expect(first.text).toHaveLength(length)
})

it('fragments merge up to the end of their block', async () => {
  const shared: Shared = new Shared(
    () => {},
    () => {},
    mergeParts,
  )
  shared.keepAlive()
  for (let i = 0; i < 1_100; i++) shared.push(text('a'))
  shared.push({ type: 'text', text: '', opaque: { provider: 'p', data: 1 } })
  shared.push(text('b'))
  shared.end()
  const parts: Part[] = []
  for await (const part of shared.read()) parts.push(part)
  const blocks = parts.map((part) => (part.type === 'text' ? (part.opaque ? `${part.text}|` : part.text) : '')).join('')
  expect(blocks).toBe(`${'a'.repeat(1_100)}|b`)
})

it('the last reader to leave before the end lets the source go; not the first', async () => {
  const { shared, state } = source(100_000)
  const [a, b] = [shared.read(), shared.read()]
  await a.next()
  await b.next()
  await a.return()
  expect(state.left).toBe(false)
  await b.return()
  expect(state.left).toBe(true)
})

it('an error comes after what was there before it, to every reader', async () => {
  const shared: Shared = new Shared(
    () => {
      shared.push(text('a'))
      shared.fail(new Error('broke'))
    },
    () => {},
    mergeParts,
  )
  for (let i = 0; i < 2; i++) {
    const reader = shared.read()
    expect((await reader.next()).value).toEqual(text('a'))
    await expect(reader.next()).rejects.toThrow('broke')
  }
})

it('next() may be asked again before it has answered', async () => {
  const { shared } = source(3)
  const reader = shared.read()
  const results = await Promise.all([reader.next(), reader.next(), reader.next(), reader.next()])
  expect(results.map(({ done }) => done)).toEqual([false, false, false, true])
  const pushed: Shared = new Shared(
    () => {},
    () => {},
    mergeParts,
  )
  const waiting = pushed.read()
  const both = Promise.all([waiting.next(), waiting.next()])
  pushed.push(text('a'))
  await null
  pushed.push(text('b'))
  expect((await both).map(({ value }) => value)).toEqual([text('a'), text('b')])
})
