import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { NoticePart, Part } from '../contract/part.ts'
import type { TextCall, TextModel } from '../contract/text.ts'
import type { AnyModelError } from '../errors.ts'
import { generateText } from '../generate/generate-text.ts'
import { pause } from './pause.ts'
import { type TimeoutOptions, withTimeout } from './timeout.ts'

const notice = (kind: 'connected' | 'headers' | 'alive'): NoticePart => ({ type: 'notice', kind, message: '' })
const finish: Part = { type: 'finish', reason: 'stop', usage: {}, response: { provider: 'test', model: 'm' } }
const text: Part = { type: 'text', text: 'x' }

/** A model that waits before each part. `deaf` ignores its signal. */
const slow = (script: readonly (readonly [number, Part])[], deaf = false): TextModel & { left: boolean } => ({
  provider: 'test',
  id: 'm',
  supports: {},
  left: false,
  async *stream({ signal }: TextCall) {
    try {
      for (const [ms, part] of script) {
        await pause(ms, deaf ? undefined : signal)
        yield part
      }
    } finally {
      this.left = true
    }
  },
})

describe('withTimeout', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  const ask = async (model: TextModel, clocks: TimeoutOptions) => {
    const outcome = generateText({ model: withTimeout(model, clocks), prompt: 'hi' }).then(
      ({ text: answer }) => ({ answer }),
      (error: AnyModelError) => ({ error }),
    )
    await vi.runAllTimersAsync()
    return outcome as Promise<{ answer?: string; error?: AnyModelError }>
  }

  const never = 1e9
  it.each<[string, TimeoutOptions, (readonly [number, Part])[], string]>([
    ['connect', { connect: 100 }, [[never, notice('connected')]], 'connect'],
    [
      'headers',
      { connect: 100, headers: 200 },
      [
        [50, notice('connected')],
        [never, notice('headers')],
      ],
      'headers',
    ],
    [
      'firstContent',
      { firstContent: 300 },
      [
        [50, notice('connected')],
        [50, notice('headers')],
        [never, text],
      ],
      'pre-content',
    ],
    [
      'firstContent',
      { firstContent: 300 },
      [
        [100, notice('alive')],
        [100, notice('alive')],
        [200, notice('alive')],
        [never, text],
      ],
      'pre-content',
    ],
    [
      'idle',
      { idle: 100 },
      [
        [5_000, text],
        [90, text],
        [90, text],
        [never, text],
      ],
      'post-content',
    ],
    [
      'idle',
      { idle: 100 },
      [
        [10, text],
        [90, notice('alive')],
        [90, notice('alive')],
        [never, text],
      ],
      'post-content',
    ],
    [
      'total',
      { total: 1_000, idle: 400 },
      [
        [300, text],
        [300, text],
        [300, text],
        [300, text],
      ],
      'post-content',
    ],
  ])('the %s clock %o ends the answer', async (clock, clocks, script, phase) => {
    const model = slow(script)
    const { error } = await ask(model, clocks)
    expect(error).toMatchObject({ code: 'timeout', clock, phase, provider: 'test', model: 'm' })
    expect(error?.message).toContain(`${clocks[clock as keyof TimeoutOptions]} ms`)
    expect(model.left).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('an answer within its clocks passes and leaves no timer', async () => {
    const clocks = { connect: 100, headers: 100, firstContent: 500, idle: 100, total: 2_000 }
    const { answer } = await ask(
      slow([
        [50, notice('connected')],
        [90, notice('headers')],
        [200, text],
        [90, text],
        [90, finish],
      ]),
      clocks,
    )
    expect(answer).toBe('xx')
    expect(vi.getTimerCount()).toBe(0)
  })

  it('a model that ignores its signal does not hold the caller up', async () => {
    const { error } = await ask(slow([[never, text]], true), { total: 100 })
    expect(error?.clock).toBe('total')
  })

  it('what was delivered is in the error', async () => {
    const { error } = await ask(
      slow([
        [1, text],
        [1, text],
        [never, text],
      ]),
      { idle: 50 },
    )
    expect(error?.partial?.text).toBe('xx')
  })

  it('watches a code model the same way, and its signal ends with the clock', async () => {
    let signal: AbortSignal | undefined
    const model = slow([
      [0, text],
      [never, finish],
    ])
    const timed = withTimeout(
      {
        provider: 'test',
        id: 'm',
        supports: { input: 'parts' },
        fill: (call) => {
          signal = call.signal
          return model.stream({ messages: [], ...call } as TextCall)
        },
      },
      { idle: 200 },
    )
    const iterator = timed.fill({ prefix: 'a', suffix: '' })[Symbol.asyncIterator]()
    const first = iterator.next()
    await vi.advanceTimersByTimeAsync(1)
    expect((await first).value).toEqual(text)
    const second = iterator.next().catch((error: AnyModelError) => error)
    await vi.advanceTimersByTimeAsync(300)
    expect(await second).toMatchObject({ code: 'timeout', clock: 'idle', provider: 'test', model: 'm' })
    expect(signal?.aborted).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })
})
