import { describe, expect, it } from 'vitest'
import { type MakeRoom, roomWithin, type Tenant } from './room.ts'

type Fake = { -readonly [K in keyof Tenant]: Tenant[K] }

const tenant = (name: string, bytes: number, usedAt: number): Fake => {
  const fake: Fake = {
    name,
    bytes,
    usedAt,
    loaded: false,
    busy: false,
    async close() {
      await new Promise((resolve) => setImmediate(resolve))
      fake.loaded = false
    },
  }
  return fake
}

const load = async (room: MakeRoom, fake: Fake): Promise<void> => {
  await room(fake)
  fake.loaded = true
}

describe('room for models', () => {
  it('is made by closing those without requests, least recently used first, and no more than needed', async () => {
    const [a, b, c] = [tenant('a', 40, 2), tenant('b', 40, 1), tenant('c', 50, 3)] as const
    const room = roomWithin(100, () => [a, b, c])
    for (const fake of [a, b, c]) await load(room, fake)
    expect([a.loaded, b.loaded, c.loaded]).toEqual([true, false, true])
  })

  it('is not made at the cost of one with requests, and the error says whose', async () => {
    const [a, b, c] = [tenant('a', 40e6, 1), tenant('b', 40e6, 2), tenant('c', 70e6, 3)] as const
    const room = roomWithin(100e6, () => [a, b, c])
    await load(room, a)
    await load(room, b)
    a.busy = true
    const error = await room(c).catch((reason) => reason)
    expect(error).toMatchObject({ code: 'config' })
    expect(error.message).toBe(
      'c needs about 70.0 MB, which does not fit into maxMemory (100 MB) while a (40.0 MB) answers requests. Ask later, raise maxMemory, or choose a smaller precision, such as q4.',
    )
    a.busy = false
    await load(room, c)
    expect([a.loaded, b.loaded, c.loaded]).toEqual([false, false, true])
  })

  it('is refused at once to one that never fits, and nothing is closed for it', async () => {
    const [a, b] = [tenant('a', 40, 1), tenant('b', 101, 2)] as const
    const room = roomWithin(100, () => [a, b])
    await load(room, a)
    await expect(room(b)).rejects.toMatchObject({ code: 'config', message: expect.stringContaining('Raise maxMemory') })
    expect(a.loaded).toBe(true)
  })

  it('is never given twice to those who come at once', async () => {
    const all = Array.from({ length: 6 }, (_, i) => tenant(`${i}`, 40, i))
    const room = roomWithin(100, () => all)
    await Promise.all(all.map((fake) => load(room, fake)))
    expect(all.filter(({ loaded }) => loaded)).toHaveLength(2)
  })
})
