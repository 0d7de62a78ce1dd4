import { describe, expect, it } from 'vitest'
import type { TextModel } from '../../contract/text.ts'
import { AnyModelError } from '../../errors.ts'
import { generateText } from '../../generate/generate-text.ts'
import { memoryState } from '../../state/memory.ts'
import type { State } from '../../state/state.ts'
import type { StrategyName } from '../balance/strategies.ts'
import { withBalance } from '../balance.ts'
import { withFallback } from '../fallback.ts'

const time = { now: 1_000_000 }
const clock = () => time.now

/** A model that takes its time by the fake clock, and may fail. */
function target(id: string, ms: number, { fails = false, output = 10 } = {}) {
  const model: TextModel & { count: number } = {
    provider: 'test',
    id,
    supports: { knobs: ['maxTokens'] },
    count: 0,
    async *stream() {
      model.count++
      time.now += ms
      if (fails) throw new AnyModelError('server', 'It failed.', { status: 500 })
      yield { type: 'text', text: id }
      yield { type: 'finish', reason: 'stop', usage: { output }, response: { provider: 'test', model: id } }
    },
  }
  return model
}

/** A process of its own, with targets of its own. */
function process(
  state: State | undefined,
  strategy: StrategyName,
  targets: (readonly [number, object?])[],
  key?: string,
) {
  const models = targets.map(([ms, more], at) => target(`m${at}`, ms, more))
  const shared = { ...(state ? { state } : {}), ...(key === undefined ? {} : { key }) }
  const balance = withBalance(models, { strategy, clock, random: () => 0.5, cooldown: 0, retries: 0, ...shared })
  return { models, balance, counts: () => models.map(({ count }) => count) }
}

async function ask(model: TextModel, times = 1): Promise<void> {
  for (let n = 0; n < times; n++) {
    await generateText({ model, prompt: 'Hi.' })
    // What is read and written behind gets there.
    await new Promise((resolve) => setTimeout(resolve, 1))
    time.now += 500
  }
}

describe('a balance that processes share', () => {
  it.each(['latency', 'adaptive'] as const)(
    '%s: knows what another found out, before it asked anybody',
    async (strategy) => {
      const state = memoryState()
      const slowFirst = [[60_000], [10]] as const
      const teacher = process(state, strategy, [...slowFirst])
      await ask(teacher.balance, 30)
      const pupil = process(state, strategy, [...slowFirst])
      // The first call does not wait for the news.
      await ask(pupil.balance)
      const before = pupil.counts()[0] as number
      await ask(pupil.balance, 10)
      expect(pupil.counts()[0]).toBe(before)
    },
  )

  it('adds what several learn', async () => {
    const state = memoryState()
    const all = Array.from({ length: 4 }, () => process(state, 'latency', [[10], [10]]))
    for (let n = 0; n < 6; n++) for (const { balance } of all) await ask(balance)
    time.now += 1_000
    await Promise.all(all.map(({ balance }) => generateText({ model: balance, prompt: 'Hi.' })))
    await new Promise((resolve) => setTimeout(resolve, 5))
    const known = JSON.parse((await state.get('balance:{latency test/m0 test/m1}')) as string)
    expect(known.flatMap(({ whole }: { whole: number[] }) => whole).length).toBeGreaterThan(10)
  })

  it('shares how long answers are, for their cost', async () => {
    const state = memoryState()
    const teacher = process(state, 'cost', [[1, { output: 3_000 }]], 'k')
    await ask(teacher.balance, 20)
    expect(JSON.parse((await state.get('balance:{k}')) as string).output).toBeGreaterThan(2_000)
  })

  it('asks the state once a second, not for each call', async () => {
    const inner = memoryState()
    let operations = 0
    const counting =
      <A extends unknown[], R>(act: (...args: A) => R) =>
      (...args: A) => {
        operations++
        return act(...args)
      }
    const state: State = {
      get: counting(inner.get),
      set: counting(inner.set),
      delete: counting(inner.delete),
      take: counting(inner.take),
      settle: counting(inner.settle),
    }
    const { balance } = process(state, 'adaptive', [[0], [0]])
    await Promise.all(Array.from({ length: 100 }, () => generateText({ model: balance, prompt: 'Hi.' })))
    expect(operations).toBeLessThanOrEqual(5)
  })

  it('goes on alone when the state is lost, and says so once', async () => {
    const fail = () => Promise.reject(new AnyModelError('network', 'The state is lost.'))
    const { balance } = process({ get: fail, set: fail, delete: fail, take: fail, settle: fail }, 'adaptive', [
      [1],
      [1],
    ])
    const warnings = []
    for (let n = 0; n < 5; n++) {
      warnings.push(...(await generateText({ model: balance, prompt: 'Hi.' })).warnings)
      time.now += 2_000
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    expect(warnings).toMatchObject([{ option: 'state', message: expect.stringContaining('The state is lost.') }])
  })

  it.each(['latency', 'cost', 'adaptive'] as const)('%s: takes nonsense for nothing', async (strategy) => {
    for (const text of [
      '',
      '{',
      '[]',
      '[1,2]',
      '{"targets":[{},{}]}',
      '{"output":"x"}',
      '[{"streamed":[null]},{}]',
      'null',
    ]) {
      const state = { ...memoryState(), get: async () => text }
      const { balance, counts } = process(state, strategy, [[1], [1]])
      await ask(balance, 4)
      expect(counts().reduce((sum, count) => sum + count, 0)).toBe(4)
    }
  })
})

describe('conversations', () => {
  const prompt = 'Hi.'
  /** One that would ask the first target, and one that would ask the second. */
  const pair = (state: State, wrap: (balance: TextModel) => TextModel = (balance) => balance) =>
    [1, 1_000].map((weight) => {
      const models = [target('a', 1), target('b', 1)]
      const balance = withBalance(
        models.map((model, at) => ({ model, weight: at === 0 ? weight : 1_001 - weight })),
        { sticky: true, state, key: 'k', clock, random: () => 0.5 },
      )
      return { balance: wrap(balance), counts: () => models.map(({ count }) => count) }
    }) as [{ balance: TextModel; counts(): number[] }, { balance: TextModel; counts(): number[] }]

  it('stay with their target in whichever process they go on, also in a fallback', async () => {
    for (const wrap of [undefined, (balance: TextModel) => withFallback([balance, target('c', 1)])]) {
      const [one, other] = pair(memoryState(), wrap)
      await ask(one.balance)
      await ask(other.balance)
      expect([one.counts(), other.counts()]).toEqual([
        [0, 1],
        [0, 1],
      ])
      // Another conversation.
      await generateText({ model: other.balance, prompt: 'Hello.' })
      expect(other.counts()).toEqual([1, 1])
    }
  })

  it('are looked up once by each process', async () => {
    const inner = memoryState()
    const reads: string[] = []
    const get = (key: string) => {
      reads.push(key)
      return inner.get(key)
    }
    const [one] = pair({ ...inner, get })
    await ask(one.balance, 4)
    expect(reads).toHaveLength(1)
    expect(reads[0]).toMatch(/^sticky:{k}:[\w-]{43}$/)
  })

  it.each(['', '7', '-1', '0.5', 'x'])('take nonsense for nothing: %s', async (text) => {
    const [, other] = pair({ ...memoryState(), get: async () => text })
    await ask(other.balance)
    expect(other.counts()).toEqual([1, 0])
  })

  it('do not wait for a state when they are aborted, nor for one that is lost', async () => {
    const never = () => new Promise<never>(() => {})
    const [one] = pair({ ...memoryState(), get: never })
    const abort = new AbortController()
    const asking = generateText({ model: one.balance, prompt, signal: abort.signal })
    abort.abort(new Error('enough'))
    await expect(asking).rejects.toThrow('enough')
    const lost = () => Promise.reject(new AnyModelError('network', 'The state is lost.'))
    const [, other] = pair({ get: lost, set: lost, delete: lost, take: lost, settle: lost })
    const { warnings } = await generateText({ model: other.balance, prompt })
    expect(warnings).toMatchObject([{ option: 'state', message: expect.stringContaining('The balance k goes on') }])
    await ask(other.balance)
    expect(other.counts()).toEqual([2, 0])
  })
})
