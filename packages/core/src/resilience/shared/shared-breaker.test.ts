import { describe, expect, it } from 'vitest'
import type { EmbeddingModel } from '../../contract/embedding.ts'
import type { TextModel } from '../../contract/text.ts'
import { AnyModelError, type ErrorCode, type ErrorInfo, isAnyModelError } from '../../errors.ts'
import { generateText } from '../../generate/generate-text.ts'
import { memoryState } from '../../state/memory.ts'
import type { State } from '../../state/state.ts'
import { type BreakerOptions, withBreaker } from '../breaker.ts'
import { withFallback } from '../fallback.ts'
import { pause } from '../pause.ts'

/** A model that several processes ask: it counts, and fails as long as it should. */
function service() {
  const shared = { requests: 0, fails: undefined as ErrorCode | undefined, info: {} as ErrorInfo, pause: 0 }
  const model = (): TextModel => ({
    provider: 'test',
    id: 'm',
    supports: {},
    async *stream({ signal }) {
      shared.requests++
      await pause(shared.pause, signal)
      if (shared.fails) throw new AnyModelError(shared.fails, 'It failed.', shared.info)
      yield { type: 'text', text: 'ok' }
      yield { type: 'finish', reason: 'stop', usage: {}, response: { provider: 'test', model: 'm' } }
    },
  })
  return { shared, model }
}

/** Wrappers that stand for processes: they share the service, the clock and the state. */
function processes(count: number, options: BreakerOptions = {}, given?: State) {
  const { shared, model } = service()
  const time = { now: 1_000_000 }
  const state = given ?? memoryState({ now: () => time.now })
  const all = Array.from({ length: count }, () =>
    withBreaker(model(), { failures: 4, cooldown: 5_000, state, clock: () => time.now, random: () => 0, ...options }),
  )
  /** Opens it by the first, and lets all hear of it. */
  const open = async () => {
    shared.fails = 'server'
    for (let n = 0; n < 4; n++) await ask(all[0] as TextModel)
    time.now += 1_000
    shared.fails = undefined
    await Promise.all(all.map((one) => ask(one)))
  }
  return { shared, time, all, open }
}

async function ask(model: TextModel, more: object = {}): Promise<string> {
  const code = await generateText({ model, prompt: 'Hi.', ...more }).then(
    () => 'ok',
    (error) => (isAnyModelError(error) ? (error.providerCode ?? error.code) : String(error)),
  )
  // What is written behind gets there.
  await new Promise((resolve) => setTimeout(resolve, 2))
  return code
}

describe('a breaker that processes share', () => {
  it('opens in all of them when it opens in one', async () => {
    const { shared, time, all } = processes(3)
    const [a, b, c] = all as [TextModel, TextModel, TextModel]
    await Promise.all([a, b, c].map((one) => ask(one)))
    shared.fails = 'rate-limit'
    expect(await ask(a)).toBe('rate-limit')
    time.now += 1_000
    // The news comes with a call that does not wait for it.
    shared.fails = undefined
    await Promise.all([ask(b), ask(c)])
    expect([await ask(b), await ask(c)]).toEqual(['circuit-open', 'circuit-open'])
  })

  it('is open for a process that just began', async () => {
    const state = memoryState()
    const first = processes(1, {}, state)
    first.shared.fails = 'auth'
    await ask(first.all[0] as TextModel)
    const second = processes(1, {}, state)
    expect([await ask(second.all[0] as TextModel), second.shared.requests]).toEqual(['circuit-open', 0])
  })

  it('opens for failures in a row of several, none of which had enough', async () => {
    const { shared, all } = processes(3)
    const [a, b, c] = all as [TextModel, TextModel, TextModel]
    shared.fails = 'server'
    for (const model of [a, a, b]) expect(await ask(model)).toBe('server')
    // Two of one and two of another are four.
    expect([await ask(b), await ask(b)]).toEqual(['server', 'circuit-open'])
    expect(shared.requests).toBe(4)
    expect(await ask(c)).toBe('circuit-open')
  })

  it('does not add up failures that an answer came after, or one here and there', async () => {
    const { shared, all } = processes(6)
    const [a, b, ...others] = all as [TextModel, TextModel, ...TextModel[]]
    const fail = async (model: TextModel, times: number) => {
      shared.fails = 'server'
      for (let n = 0; n < times; n++) expect(await ask(model)).toBe('server')
      shared.fails = undefined
    }
    await fail(a, 2)
    expect(await ask(a)).toBe('ok')
    await fail(b, 3)
    expect(await ask(b)).toBe('ok')
    for (const model of others) await fail(model, 1)
    for (const model of all) expect(await ask(model)).toBe('ok')
  })

  it('is tried by one process only, whose answer closes it for all', async () => {
    const { shared, time, all, open } = processes(4)
    await Promise.all(all.map((one) => ask(one)))
    await open()
    time.now += 5_000
    const before = shared.requests
    shared.pause = 30
    const codes = await Promise.all([...all, ...all].map((one) => ask(one)))
    expect(codes.toSorted()).toEqual([...Array(7).fill('circuit-open'), 'ok'])
    expect(shared.requests).toBe(before + 1)
    time.now += 1_000
    await Promise.all(all.map((one) => ask(one)))
    expect(await Promise.all(all.map((one) => ask(one)))).toEqual(['ok', 'ok', 'ok', 'ok'])
  })

  it('stays open for twice as long in all of them when the try fails', async () => {
    const { shared, time, all, open } = processes(2)
    const [a, b] = all as [TextModel, TextModel]
    await open()
    time.now += 5_000
    shared.fails = 'server'
    expect(await ask(b)).toBe('server')
    time.now += 9_000
    expect([await ask(a), await ask(b)]).toEqual(['circuit-open', 'circuit-open'])
    time.now += 1_000
    shared.fails = undefined
    expect([await ask(a), await ask(b)]).toEqual(['ok', 'ok'])
  })

  it('gives the right to try back when the try is left', async () => {
    const { shared, time, all, open } = processes(2)
    const [a, b] = all as [TextModel, TextModel]
    await open()
    time.now += 5_000
    shared.pause = 1_000
    const abort = new AbortController()
    const trying = ask(b, { signal: abort.signal })
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(await ask(a)).toBe('circuit-open')
    abort.abort(new Error('enough'))
    expect(await trying).toContain('enough')
    shared.pause = 0
    time.now += 1_000
    expect(await ask(a)).toBe('ok')
  })
})

describe('a process that dies', () => {
  it('while it tries leaves the try to the others, when its time is over', async () => {
    const { shared, time, all, open } = processes(2)
    const [a, b] = all as [TextModel, TextModel]
    await open()
    time.now += 5_000
    shared.pause = 1e9
    const dead = new AbortController()
    const trying = ask(b, { signal: dead.signal })
    await new Promise((resolve) => setTimeout(resolve, 10))
    shared.pause = 0
    for (const later of [0, 2_000, 2_000]) {
      time.now += later
      expect(await ask(a)).toBe('circuit-open')
    }
    time.now += 2_000
    expect(await ask(a)).toBe('ok')
    dead.abort(new Error('buried'))
    await trying
  })

  it('after failures in a row leaves them to be counted for a minute', async () => {
    const { shared, time, all } = processes(3)
    const [a, b] = all as [TextModel, TextModel]
    shared.fails = 'server'
    for (let n = 0; n < 3; n++) await ask(a)
    time.now += 61_000
    for (let n = 0; n < 3; n++) expect(await ask(b)).toBe('server')
    shared.fails = undefined
    expect(await ask(b)).toBe('ok')
  })
})

describe('a state that can not be reached', () => {
  const dead = (): State => {
    const fail = () => Promise.reject(new AnyModelError('network', 'The state is lost.'))
    return { get: fail, set: fail, delete: fail, take: fail, settle: fail }
  }

  it('leaves the breaker to its own process, and is told once', async () => {
    const { shared, time, all } = processes(1, {}, dead())
    const [a] = all as [TextModel]
    const { warnings } = await generateText({ model: a, prompt: 'Hi.' })
    expect(warnings).toMatchObject([{ option: 'state', message: expect.stringContaining('The state is lost.') }])
    expect((await generateText({ model: a, prompt: 'Hi.' })).warnings).toEqual([])
    shared.fails = 'server'
    for (let n = 0; n < 4; n++) await ask(a)
    expect(await ask(a)).toBe('circuit-open')
    time.now += 5_000
    shared.fails = undefined
    expect(await ask(a)).toBe('ok')
  })

  it('is told with values as well', async () => {
    const embedding: EmbeddingModel = {
      provider: 'test',
      id: 'e',
      embed: async () => ({ embeddings: [Float32Array.of(1)], usage: {}, warnings: [] }),
    }
    const model = withBreaker(embedding, { state: dead() })
    expect((await model.embed({ values: ['a'] })).warnings).toMatchObject([{ option: 'state' }])
    expect((await model.embed({ values: ['a'] })).warnings).toEqual([])
  })

  it('holds up nobody who aborts', async () => {
    const never = () => new Promise<never>(() => {})
    const state: State = { get: never, set: never, delete: never, take: never, settle: never }
    const { shared, all } = processes(1, {}, state)
    const signal = AbortSignal.timeout(20)
    expect(await ask(withFallback([all[0] as TextModel]), { signal })).toContain('TimeoutError')
    expect(shared.requests).toBe(0)
  })

  it.each(['', 'nonsense', '{"id":"x"}', '{"id":"x","openings":-1,"wait":5,"at":0}', '[]', 'null'])(
    'takes nonsense for nothing: %s',
    async (text) => {
      const state = { ...memoryState(), get: async () => text }
      const { all } = processes(1, {}, state)
      expect(await ask(all[0] as TextModel)).toBe('ok')
    },
  )
})
