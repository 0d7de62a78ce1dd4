import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { NoticePart, Part } from '../contract/part.ts'
import type { TextCall, TextModel, TextSupport } from '../contract/text.ts'
import { AnyModelError, type ErrorCode, type ErrorInfo } from '../errors.ts'
import { generateText } from '../generate/generate-text.ts'
import { streamObject } from '../generate/stream-object.ts'
import { streamText } from '../generate/stream-text.ts'
import { smooth } from '../stream/smooth.ts'
import { type FallbackOptions, withFallback } from './fallback.ts'
import { withRetry } from './retry.ts'
import { withTimeout } from './timeout.ts'

type Step = Part | Error | 'silent'
type Scripted = TextModel & { readonly calls: TextCall[] }

const text = (value: string): Part => ({ type: 'text', text: value })
const call: Part = { type: 'tool-call', id: 'c1', name: 'pay', input: '{}' }
const failure = (code: ErrorCode, info?: ErrorInfo) => new AnyModelError(code, `${code} happened.`, info)
const finish = (id: string, reason: 'stop' | 'length' | 'content-filter' = 'stop'): Part => ({
  type: 'finish',
  reason,
  usage: { output: 7 },
  response: { provider: 'test', model: id },
})

/** A model that plays one script per call; the last one stays. A text ends well. */
function scripted(id: string, scripts: (string | Step[])[], supports: TextSupport = {}): Scripted {
  const calls: TextCall[] = []
  return {
    provider: 'test',
    id,
    supports,
    calls,
    async *stream(call) {
      const script = scripts[Math.min(calls.push(call), scripts.length) - 1] as string | Step[]
      for (const step of typeof script === 'string' ? [text(script), finish(id)] : script) {
        if (step === 'silent') await new Promise(() => {})
        if (step instanceof Error) throw step
        yield step as Part
      }
    },
  }
}

const down = (id = 'down') => scripted(id, [[failure('server')]])
const cut = (value = 'One two ', ...more: Step[]) =>
  scripted('cut', [[text(value), ...more, failure('network')], 'never'])

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

async function ask(models: TextModel[], options?: FallbackOptions, more: object = {}) {
  const parts: Part[] = []
  const stream = streamText({ model: withFallback(models, options), prompt: 'hi', ...more })
  const outcome = (async () => {
    for await (const part of stream) parts.push(part)
    return { result: await stream.result, error: undefined }
  })().catch((error: AnyModelError) => ({ error, result: undefined }))
  await vi.runAllTimersAsync()
  const notices = parts.filter((part): part is NoticePart => part.type === 'notice')
  return { ...(await outcome), parts, notices }
}

describe('before the first content', () => {
  it('asks the next model, and the result says who answered and who failed', async () => {
    const { result, notices } = await ask([
      scripted('a', [[failure('auth', { partial: undefined })]]),
      scripted('b', ['Hello.']),
    ])
    expect(result?.text).toBe('Hello.')
    expect(result?.response.model).toBe('b')
    expect(result?.usage).toEqual({ output: 7 })
    expect(result?.attempts.map(({ model, outcome }) => [model, outcome])).toEqual([
      ['a', 'auth'],
      ['b', 'ok'],
    ])
    expect(notices).toMatchObject([{ kind: 'failover', message: 'test/a failed (auth): test/b is asked.' }])
  })

  it('shows nothing of an answer that fails before it says anything', async () => {
    const warning: Part = { type: 'notice', kind: 'warning', message: 'w', warning: { option: 'x', message: 'w' } }
    const first = scripted('a', [[warning, text(''), failure('auth')]])
    const { parts, result } = await ask([first, scripted('b', ['Hello.'])])
    expect(parts.map(({ type }) => type)).toEqual(['notice', 'text', 'finish'])
    expect(result?.warnings).toEqual([])
  })

  it('asks the same model once more after what may pass, then the next', async () => {
    const a = down()
    const { result } = await ask([a, scripted('b', ['Hello.'])])
    expect(a.calls).toHaveLength(2)
    expect(result?.attempts.map(({ outcome }) => outcome)).toEqual(['server', 'server', 'ok'])
  })

  it('does not wait for a limited model while there is another, and waits when there is none', async () => {
    const limited = () => scripted('a', [[failure('rate-limit', { retryAfter: 2_000 })], 'Late.'])
    expect((await ask([limited(), scripted('b', ['Hello.'])])).result?.text).toBe('Hello.')
    const before = Date.now()
    expect((await ask([limited()])).result?.text).toBe('Late.')
    expect(Date.now() - before).toBeGreaterThanOrEqual(2_000)
  })

  it('goes back to a model whose failure may have passed when all others failed', async () => {
    const a = scripted('a', [[failure('rate-limit', { retryAfter: 2_000 })], 'Back.'])
    expect((await ask([a, scripted('b', [[failure('auth')]])])).result?.text).toBe('Back.')
  })

  it('never asks a silent model again', async () => {
    const silent = scripted('a', [['silent']])
    const { result } = await ask([withTimeout(silent, { firstContent: 100 }), scripted('b', ['Hello.'])])
    expect(result?.text).toBe('Hello.')
    expect(silent.calls).toHaveLength(1)
  })

  it.each<ErrorCode>(['bad-request', 'context-length', 'content-filter', 'invalid-argument'])(
    '%s is the error of the call',
    async (code) => {
      const b = scripted('b', ['Hello.'])
      expect((await ask([scripted('a', [[failure(code)]]), b])).error?.code).toBe(code)
      expect(b.calls).toHaveLength(0)
    },
  )

  it('what is too long goes to the larger models, what was filtered to the others, each to its own', async () => {
    const large = scripted('large', ['Large.'])
    const free = scripted('free', ['Free.'])
    const options = { onContextOverflow: [large], onContentFilter: [free] }
    const b = scripted('b', ['Hello.'])
    const of = async (script: Step[]) => (await ask([scripted('a', [script]), b], options)).result?.text
    expect(await of([failure('context-length')])).toBe('Large.')
    expect(await of([finish('a', 'length')])).toBe('Large.')
    const { result } = await ask([scripted('a', [[finish('a', 'length')]])], options)
    expect(result?.attempts.map(({ outcome, usage }) => [outcome, usage])).toEqual([
      ['context-length', { output: 7 }],
      ['ok', { output: 7 }],
    ])
    expect(result?.usage).toEqual({ output: 7 })
    expect(await of([failure('content-filter')])).toBe('Free.')
    expect(await of([finish('a', 'content-filter')])).toBe('Free.')
    expect(b.calls).toHaveLength(0)
  })

  it('a blocked answer is an answer when there is no list for it', async () => {
    const { result } = await ask([scripted('a', [[finish('a', 'content-filter')]]), scripted('b', ['Hello.'])])
    expect(result?.finishReason).toBe('content-filter')
  })

  it('a model that lacks what is asked for is passed over', async () => {
    const tools = { pay: { input: { type: 'object' } } }
    const b = scripted('b', ['Hello.'], { tools: true, knobs: ['topK'] })
    const { result } = await ask([scripted('a', ['No.']), b], {}, { tools, topK: 3 })
    expect(result?.text).toBe('Hello.')
    expect(result?.warnings).toEqual([])
    expect(b.calls[0]?.topK).toBe(3)
  })

  it('what a model can not tune is left out for that model alone', async () => {
    const a = scripted('a', ['Hello.'])
    const { result } = await ask([a, scripted('b', ['x'], { knobs: ['topK'] })], {}, { topK: 3 })
    expect(a.calls[0]).not.toHaveProperty('topK')
    expect(result?.warnings.map(({ option }) => option)).toEqual(['topK'])
  })

  it('never sends more requests than attempts, also when a model has retries of its own', async () => {
    const models = [down('a'), down('b'), down('c'), down('d')]
    expect((await ask(models, { maxAttempts: 3 })).error?.code).toBe('server')
    expect(models.map(({ calls }) => calls.length)).toEqual([2, 1, 0, 0])
    const inner = down()
    await ask([withRetry(inner, { attempts: 10 }), down('b')], { maxAttempts: 4 })
    expect(inner.calls).toHaveLength(4)
  })

  it('says who failed when all did', async () => {
    const { error } = await ask([scripted('a', [[failure('auth')]]), scripted('b', [[failure('quota')]])])
    expect(error).toMatchObject({ code: 'quota' })
    expect(error?.message).toContain('2 attempts failed (test/a: auth, test/b: quota)')
  })

  it('an abort during a wait rejects with the reason and leaves no timer', async () => {
    const controller = new AbortController()
    const model = withFallback([scripted('a', [[failure('rate-limit', { retryAfter: 10_000 })]])])
    const outcome = generateText({ model, prompt: 'hi', signal: controller.signal }).catch((error) => error)
    await vi.advanceTimersByTimeAsync(100)
    controller.abort('enough')
    expect(await outcome).toBe('enough')
    expect(vi.getTimerCount()).toBe(0)
  })

  it('leaving during a wait ends quietly', async () => {
    const iterator = withFallback([scripted('a', [[failure('rate-limit', { retryAfter: 10_000 })]])])
      .stream({ messages: [] })
      [Symbol.asyncIterator]()
    expect((await iterator.next()).value).toMatchObject({ kind: 'retry', delayMs: 10_000 })
    const waiting = iterator.next()
    await iterator.return?.()
    expect((await waiting).done).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('leaving at once sends nothing', async () => {
    const a = scripted('a', ['Hello.'])
    const iterator = withFallback([a]).stream({ messages: [] })[Symbol.asyncIterator]()
    const first = iterator.next()
    await iterator.return?.()
    expect((await first).done).toBe(true)
    expect(a.calls).toHaveLength(0)
  })

  it('can what one of its models can; of what is settled before the call, what all can', () => {
    const a = scripted('a', [''], {
      tools: true,
      output: ['native', 'tool', 'json'],
      fileUrls: ['image/*'],
      prefill: true,
    })
    const b = scripted('b', [''], { output: ['json', 'native'], files: ['image/*'], knobs: ['seed'], fileUrls: [] })
    const supports = {
      tools: true,
      output: ['native', 'json'],
      files: ['image/*'],
      fileUrls: [],
      prefill: false,
      knobs: ['seed'],
    }
    expect(withFallback([a, b])).toMatchObject({ provider: 'test', id: 'a', supports })
    expect(withFallback([a, scripted('c', [''])]).supports.output).toEqual(['prompt'])
  })

  it('needs a model', () => {
    expect(() => withFallback([])).toThrow('at least one model')
  })
})

describe('models that failed a moment ago', () => {
  it('are asked after the others, then tried by one call, and are first again when they answer', async () => {
    const a = scripted('a', [[failure('auth')], [failure('auth')], 'Back.'])
    const model = withFallback([a, scripted('b', ['Hello.'])], { cooldown: 1_000 })
    const texts = async (count: number) =>
      (await Promise.all(Array.from({ length: count }, () => generateText({ model, prompt: 'x' })))).map(
        ({ text }) => text,
      )
    await texts(1)
    await texts(5)
    expect(a.calls).toHaveLength(1)
    vi.advanceTimersByTime(1_001)
    expect(await texts(3)).toEqual(['Hello.', 'Hello.', 'Hello.'])
    expect(a.calls).toHaveLength(2)
    vi.advanceTimersByTime(1_001)
    expect(await texts(2)).toEqual(['Back.', 'Hello.'])
    expect(await texts(2)).toEqual(['Back.', 'Back.'])
  })

  it('are asked when there is nobody else', async () => {
    const model = withFallback([scripted('a', [[failure('auth')], 'Back.'])])
    await generateText({ model, prompt: 'x' }).catch(() => {})
    expect((await generateText({ model, prompt: 'x' })).text).toBe('Back.')
  })
})

describe('an answer that breaks off', () => {
  it('error: the call fails with what was delivered', async () => {
    const b = scripted('b', ['Hello.'])
    const { error } = await ask([cut(), b])
    expect(error).toMatchObject({ code: 'network', partial: { text: 'One two ' } })
    expect(b.calls).toHaveLength(0)
  })

  it('an end that nobody announced is no end', async () => {
    const { error } = await ask([scripted('a', [[text('One')]])])
    expect(error).toMatchObject({ code: 'truncated', partial: { text: 'One' } })
  })

  it('restart: the next model begins anew after a reset, and the result has its text alone', async () => {
    const { result, notices, parts } = await ask([cut(), scripted('b', ['Hello.'])], { onBreak: 'restart' })
    expect(result?.text).toBe('Hello.')
    expect(notices).toMatchObject([{ kind: 'failover' }, { kind: 'reset', discardChars: 8 }])
    expect(parts.map((part) => (part.type === 'notice' ? part.kind : part.type))).toEqual([
      'text',
      'failover',
      'reset',
      'text',
      'finish',
    ])
  })

  it('restart: when the next one fails as well, nothing that was delivered is taken back', async () => {
    const options = { onBreak: 'restart', retries: 0 } as const
    const { error, notices } = await ask([cut(), scripted('b', [[failure('auth')]])], options)
    expect(error).toMatchObject({ code: 'network', partial: { text: 'One two ' } })
    expect(notices.map(({ kind }) => kind)).toEqual(['failover'])
  })

  it('readers of the text alone get an error when it begins anew; others go on', async () => {
    const stream = streamText({
      model: withFallback([cut(), scripted('b', ['Hello.'])], { onBreak: 'restart' }),
      prompt: 'x',
    })
    const read = (async () => {
      for await (const _ of stream.textStream);
    })()
    await expect(read).rejects.toThrow('began anew')
    expect((await stream.result).text).toBe('Hello.')
    expect(await stream.toResponse({ format: 'ui' }).text()).toContain('"type":"error"')
    expect(await stream.toResponse({ format: 'ndjson' }).text()).toContain('"kind":"reset"')
  })

  it('what wrappers hold back of a void answer is void as well', async () => {
    const broken = () => withFallback([cut('One tw'), scripted('b', ['Hello.'])], { onBreak: 'restart' })
    const read = async (model: TextModel, more: object = {}) => {
      let text = ''
      for await (const part of streamText({ model, prompt: 'x', ...more })) {
        if (part.type === 'text') text += part.text
        if (part.type === 'notice' && part.kind === 'reset') text = ''
      }
      return text
    }
    expect(await read(smooth(broken(), { delay: 0 }))).toBe('Hello.')
    expect(await read(broken(), { stop: ['two'], onUnsupported: 'emulate' })).toBe('Hello.')
  })

  it('objects: the document begins anew; elements that were given out can not be taken back', async () => {
    const elements = (value: string) => `{"elements":[${value}]}`
    const stream = () => {
      const models = [cut('{"elements":[1,2,'), scripted('b', [elements('7,8,9')])]
      return streamObject({
        model: withFallback(models, { onBreak: 'restart' }),
        prompt: 'x',
        array: { type: 'number' } as const,
      })
    }
    const { object } = await stream().result
    expect(object).toEqual([7, 8, 9])
    const given: unknown[] = []
    const reading = (async () => {
      for await (const element of stream().elementStream) given.push(element)
    })()
    await expect(reading).rejects.toThrow('began anew')
    expect(given).toEqual([1, 2])
  })

  it('continue: by prefill, without the white space at the end', async () => {
    const b = scripted('b', [' three.'], { prefill: true })
    const { result } = await ask([cut(), b], { onBreak: 'continue' })
    expect(result?.text).toBe('One two three.')
    expect(b.calls[0]?.messages.at(-1)).toEqual({ role: 'assistant', content: 'One two' })
  })

  it('continue: by request, joined where the repeated words end', async () => {
    const b = scripted('b', ['Sure! One two three.'])
    const { result } = await ask([cut(), b], { onBreak: 'continue' })
    expect(result?.text).toBe('One two three.')
    expect(b.calls[0]?.messages.slice(-2)).toMatchObject([{ role: 'assistant', content: 'One two' }, { role: 'user' }])
  })

  it('continue: a refused prefill is not seen, a refused continuation begins anew', async () => {
    const refusing = scripted('b', [[failure('bad-request')], 'One two three.'], { prefill: true })
    expect((await ask([cut(), refusing], { onBreak: 'continue' })).result?.text).toBe('One two three.')
    const stubborn = scripted('b', [[failure('bad-request')], [failure('bad-request')], 'Anew.'], { prefill: true })
    expect((await ask([cut(), stubborn], { onBreak: 'continue' })).result?.text).toBe('Anew.')
    const hopeless = scripted('b', [[failure('bad-request')]], { prefill: true })
    const { error } = await ask([cut(), hopeless], { onBreak: 'continue' })
    expect(error).toMatchObject({ code: 'network', partial: { text: 'One two ' } })
  })

  it('continue: what does not join on begins anew', async () => {
    const b = scripted('b', ['Something else.', 'Anew.'])
    const { result, notices } = await ask([cut(), b], { onBreak: 'continue' })
    expect(result?.text).toBe('Anew.')
    expect(notices.map(({ kind }) => kind)).toEqual(['failover', 'retry', 'reset'])
  })

  it('continue: nothing is seen of a continuation before its text joins on', async () => {
    const thought: Part = { type: 'reasoning', text: 'Hm.' }
    const b = scripted('b', [[thought, call, text('Something else.'), finish('b')], 'Anew.'], { tools: true })
    const { result, parts } = await ask([cut(), b], { onBreak: 'continue' })
    expect(result?.text).toBe('Anew.')
    expect(parts.map(({ type }) => type)).not.toContain('reasoning')
    expect(result?.toolCalls).toEqual([])
  })

  it('continue: a JSON answer begins anew', async () => {
    const b = scripted('b', ['{}'], { output: ['json'], prefill: true })
    const a: TextModel = { ...cut('{"a":'), supports: { output: ['json'] } }
    const iterator = withFallback([a, b], { onBreak: 'continue' }).stream({ messages: [], output: { type: 'json' } })
    const kinds: string[] = []
    for await (const part of iterator) kinds.push(part.type === 'notice' ? part.kind : part.type)
    expect(kinds).toEqual(['text', 'failover', 'reset', 'text', 'finish'])
  })

  it('goes on with the same model when there is no other', async () => {
    const a = scripted('a', [[text('One two '), failure('network')], ' three.'], { prefill: true })
    expect((await ask([a], { onBreak: 'continue' })).result?.text).toBe('One two three.')
  })

  it.each(['restart', 'continue'] as const)('%s: never after a tool call', async (onBreak) => {
    const b = scripted('b', ['Hello.'], { tools: true })
    const { error } = await ask([cut('One', call), b], { onBreak })
    expect(error).toMatchObject({ code: 'network', partial: { text: 'One', toolCalls: [{ id: 'c1' }] } })
    expect(b.calls).toHaveLength(0)
  })

  it('hold: an answer that breaks off early is replaced unseen', async () => {
    const options = { hold: { chars: 20 }, retries: 0 }
    const { result, parts } = await ask([cut(), scripted('b', ['Hello.'])], options)
    expect(result?.text).toBe('Hello.')
    expect(parts.filter(({ type }) => type === 'text')).toHaveLength(1)
  })

  it('hold: no longer than asked', async () => {
    const slow = scripted('a', [[text('One'), 'silent']])
    const iterator = withFallback([slow], { hold: { ms: 500 } })
      .stream({ messages: [] })
      [Symbol.asyncIterator]()
    const first = iterator.next()
    let settled = false
    first.then(() => {
      settled = true
    })
    await vi.advanceTimersByTimeAsync(400)
    expect(settled).toBe(false)
    await vi.advanceTimersByTimeAsync(200)
    expect((await first).value).toEqual(text('One'))
    expect(vi.getTimerCount()).toBe(0)
  })
})
