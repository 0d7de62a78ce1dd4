import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import type { Worker } from 'node:worker_threads'
import { generateText, type Part, streamText, type TextCall } from '@anymodel/core'
import { listSupportedBackends } from 'onnxruntime-node'
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type LoadProgress, type Onnx, onnx } from './onnx.ts'
import type { ExecutionProvider } from './runtime/session.ts'
import { scratchFolder, toyModel } from './testing/toy-model.ts'

const workers = vi.hoisted((): Worker[] => [])

vi.mock('node:worker_threads', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:worker_threads')>()
  class Watched extends original.Worker {
    constructor(...args: ConstructorParameters<typeof original.Worker>) {
      super(...args)
      workers.push(this)
    }
  }
  return { ...original, Worker: Watched }
})

beforeEach(() => {
  workers.length = 0
})

const long = 'word '.repeat(700)
const folders = { short: toyModel({ says: 'Hello!' }), long: toyModel({ says: long }) }
const local = onnx()
const short = local.text(`dir:${folders.short}`)
const endless = local.text(`dir:${folders.long}`)
afterAll(() => local.close())

const messages: TextCall['messages'] = [{ role: 'user', content: 'hi' }]

async function readAll(stream: AsyncIterable<Part>): Promise<Part[]> {
  const parts: Part[] = []
  for await (const part of stream) parts.push(part)
  return parts
}

describe('a local model', () => {
  it('answers through the verbs', async () => {
    const { text, usage, finishReason, response } = await generateText({ model: short, prompt: 'hi' })
    expect({ text, usage, finishReason }).toEqual({
      text: 'Hello!',
      usage: { input: 2, output: 7, total: 9 },
      finishReason: 'stop',
    })
    expect(response).toMatchObject({ provider: 'onnx', model: `dir:${folders.short}` })
  })

  it('does nothing before the first next()', async () => {
    const model = onnx().text('dir:/nowhere')
    const iterator = model.stream({ messages })[Symbol.asyncIterator]()
    expect(workers).toHaveLength(0)
    await expect(iterator.next()).rejects.toMatchObject({ code: 'config', provider: 'onnx', model: 'dir:/nowhere' })
    expect(await iterator.next()).toMatchObject({ done: true })
  })

  it('is loaded once for all who ask at once, under every name, and tells how far it is', async () => {
    const steps: LoadProgress[] = []
    const mine = onnx({ dir: join(folders.short, '..'), onProgress: (step) => steps.push(step) })
    const names = [`dir:${folders.short}`, folders.short.split('/').at(-1) as string]
    const answers = await Promise.all(names.map((name) => generateText({ model: mine.text(name), prompt: 'hi' })))
    await mine.close()
    expect(answers.map(({ text }) => text)).toEqual(['Hello!', 'Hello!'])
    expect(workers).toHaveLength(1)
    expect(steps.map(({ stage }) => stage)).toEqual(['read', 'prepare', 'ready'])
    expect(steps.at(-1)).toMatchObject({ fraction: 1, bytes: steps[0]?.totalBytes })
  })
})

describe('several requests', () => {
  it('take turns: a short answer does not wait for a long one', async () => {
    const done: string[] = []
    const run = async (name: string, maxTokens: number) => {
      await generateText({ model: endless, prompt: 'hi', maxTokens })
      done.push(name)
    }
    await Promise.all([run('long', 3_000), run('short', 3)])
    expect(done).toEqual(['short', 'long'])
  })

  it('all get their own answer, also when more ask than run at once', async () => {
    const counts = Array.from({ length: 12 }, (_, i) => i + 1)
    const answers = await Promise.all(
      counts.map((maxTokens) => generateText({ model: endless, prompt: 'hi', maxTokens })),
    )
    expect(answers.map(({ text }) => text)).toEqual(counts.map((count) => long.slice(0, count)))
  })
})

describe('several models under a memory cap', () => {
  const caps = { one: toyModel({ says: 'first' }), two: toyModel({ says: 'second' }) }
  const ids = { one: `dir:${caps.one}`, two: `dir:${caps.two}` }

  it('the one that was used least recently is closed for the next, and loaded again when it is asked', async () => {
    const { bytes } = (await statsAfter(onnx(), ids.one))[0] as { bytes: number }
    const mine = onnx({ maxMemory: bytes * 1.5 })
    const loaded = async () => (await mine.stats()).map((model) => model.loaded)
    expect((await generateText({ model: mine.text(ids.one), prompt: 'hi' })).text).toBe('first')
    expect((await generateText({ model: mine.text(ids.two), prompt: 'hi' })).text).toBe('second')
    expect(await loaded()).toEqual([false, true])
    expect((await generateText({ model: mine.text(ids.one), prompt: 'hi' })).text).toBe('first')
    expect(await loaded()).toEqual([true, false])
    await mine.close()
  })

  it('one that answers is not closed, and what does not fit beside it is a config error', async () => {
    const { bytes } = (await statsAfter(onnx(), `dir:${folders.long}`))[0] as { bytes: number }
    const mine = onnx({ maxMemory: bytes })
    const stream = mine.text(`dir:${folders.long}`).stream({ messages })[Symbol.asyncIterator]()
    for (let part = await stream.next(); (part.value as Part).type !== 'text'; ) part = await stream.next()
    await expect(generateText({ model: mine.text(ids.one), prompt: 'hi' })).rejects.toMatchObject({ code: 'config' })
    await stream.return?.()
    expect((await generateText({ model: mine.text(ids.one), prompt: 'hi' })).text).toBe('first')
    await mine.close()
  })
})

async function statsAfter(mine: Onnx, id: string) {
  await generateText({ model: mine.text(id), prompt: 'hi', maxTokens: 2 })
  const stats = await mine.stats()
  await mine.close()
  return stats
}

it('options that make no sense are invalid arguments', () => {
  for (const options of [
    { parallel: 0 },
    { parallel: 1.5 },
    { cacheMemory: -1 },
    { cacheMemory: Number.NaN },
    { maxMemory: 0 },
  ])
    expect(() => onnx(options)).toThrow(expect.objectContaining({ code: 'invalid-argument' }))
})

describe('numbers of a model', () => {
  it('are there once it was asked', async () => {
    const mine = onnx()
    expect(await mine.stats()).toEqual([])
    await generateText({ model: mine.text(`dir:${folders.short}`), prompt: 'hi' })
    expect(await mine.stats()).toMatchObject([
      {
        kind: 'text',
        folder: folders.short,
        loaded: true,
        requests: 0,
        text: { requests: 1, running: 0, waiting: 0, inputTokens: 2, outputTokens: 7, executionProvider: 'cpu' },
      },
    ])
    await mine.close()
    expect(await mine.stats()).toMatchObject([{ loaded: false }])
  })
})

describe('execution providers', () => {
  const ask = (executionProviders: ExecutionProvider[]) =>
    statsAfter(onnx({ executionProviders }), `dir:${folders.short}`)

  it('that are not there give way to the next', async () => {
    const [first] = await ask(['coreml', 'dml', 'cpu'].filter((name) => !there(name)) as ExecutionProvider[])
    expect(first?.text?.executionProvider).toBe('cpu')
  })

  it('without a next one are a config error that says what there is', async () => {
    const missing = (['coreml', 'dml'] as const).filter((name) => !there(name))
    await expect(ask([...missing])).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining('is built for cpu'),
    })
  })

  it('are at least one', async () => {
    await expect(ask([])).rejects.toMatchObject({ code: 'config' })
  })

  const there = (name: string) => name !== 'cpu' && listSupportedBackends().some((backend) => backend.name === name)
})

describe('leaving', () => {
  it('an abort throws the reason of the signal after what had come, and the model goes on with others', async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    const parts: Part[] = []
    const read = async () => {
      for await (const part of endless.stream({ messages, signal: controller.signal })) {
        parts.push(part)
        if (part.type === 'text') controller.abort(reason)
      }
    }
    await expect(read()).rejects.toBe(reason)
    expect(parts.filter((part) => part.type === 'text').length).toBeLessThan(200)
    expect((await generateText({ model: endless, prompt: 'hi', maxTokens: 4 })).text).toBe('word')
  })

  it('an abort before the start asks nobody', async () => {
    const reason = new Error('never mind')
    await expect(readAll(endless.stream({ messages, signal: AbortSignal.abort(reason) }))).rejects.toBe(reason)
  })

  it('an abort while the model loads does not wait for it', async () => {
    const mine = onnx()
    const model = mine.text('npm:@anymodel/model-smollm2-135m-instruct')
    const signal = AbortSignal.timeout(20)
    await expect(readAll(model.stream({ messages, signal }))).rejects.toMatchObject({ name: 'TimeoutError' })
    await mine.close()
  })

  it('leaving a stream frees its place', async () => {
    for (let i = 0; i < 6; i++) {
      for await (const delta of streamText({ model: endless, prompt: 'hi' }).textStream) {
        expect(delta).not.toBe('')
        break
      }
    }
    expect((await generateText({ model: endless, prompt: 'hi', maxTokens: 4 })).text).toBe('word')
  })
})

describe('failures', () => {
  it('a worker that dies fails what it was doing, and the next request gets a fresh one', async () => {
    const mine = onnx()
    const model = mine.text(`dir:${folders.long}`)
    const iterator = model.stream({ messages })[Symbol.asyncIterator]()
    for (let part = await iterator.next(); (part.value as Part).type !== 'text'; ) part = await iterator.next()
    const failing = readAll({ [Symbol.asyncIterator]: () => iterator })
    // Told, not done: a thread that really dies while the runtime computes takes the process with it.
    workers[0]?.emit('exit', 1)
    await expect(failing).rejects.toMatchObject({ code: 'server', retryable: true, phase: 'post-content' })
    expect((await generateText({ model, prompt: 'hi', maxTokens: 4 })).text).toBe('word')
    expect(workers).toHaveLength(2)
    await mine.close()
  })

  it('a model that can not be loaded fails all who wait, and is tried again', async () => {
    const folder = toyModel({ says: 'ok' })
    writeFileSync(join(folder, 'tokenizer.json'), '{"a":')
    const mine = onnx()
    const model = mine.text(`dir:${folder}`)
    const results = await Promise.allSettled([1, 2].map(() => generateText({ model, prompt: 'hi' })))
    for (const result of results)
      expect(result).toMatchObject({
        reason: { code: 'config', message: expect.stringMatching(/tokenizer\.json is damaged/) },
      })
    await expect(generateText({ model, prompt: 'hi' })).rejects.toMatchObject({ code: 'config' })
    await mine.close()
  })

  it('closing fails what is under way, and a later request loads again', async () => {
    const mine = onnx()
    const model = mine.text(`dir:${folders.long}`)
    const iterator = model.stream({ messages })[Symbol.asyncIterator]()
    await iterator.next()
    await iterator.next()
    await mine.close()
    await expect(readAll({ [Symbol.asyncIterator]: () => iterator })).rejects.toMatchObject({ code: 'aborted' })
    expect((await generateText({ model, prompt: 'hi', maxTokens: 4 })).text).toBe('word')
    await mine.close()
  })

  it('a call that can not be handed over is an invalid argument', async () => {
    const extra = { f: () => 1 } as never
    await expect(readAll(short.stream({ messages, extra }))).rejects.toMatchObject({ code: 'invalid-argument' })
  })
})

it('a program ends by itself after its last answer, and not before', async () => {
  const script = join(scratchFolder(), 'program.mts')
  const source = (path: string) => JSON.stringify(pathToFileURL(join(import.meta.dirname, path)).href)
  writeFileSync(
    script,
    `import { generateText } from ${source('../../core/src/index.ts')}
import { onnx } from ${source('./onnx.ts')}
const model = onnx().text(${JSON.stringify(`dir:${folders.short}`)})
console.log((await generateText({ model, prompt: 'hi' })).text)`,
  )
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', tsx, '--conditions=@anymodel/source', script],
    { cwd: import.meta.dirname, timeout: 15_000 },
  )
  expect(stdout.trim()).toBe('Hello!')
})

it('process.exit() while a model computes ends the process as told, not by an abort inside the runtime', async () => {
  const program = `
    import { onnx } from ${JSON.stringify(new URL('./onnx.ts', import.meta.url).href)}
    const stream = onnx().text(${JSON.stringify(`dir:${folders.long}`)}).stream({ messages: [{ role: 'user', content: 'hi' }] })
    for await (const part of stream) if (part.type === 'text') process.exit(7)`
  const file = join(scratchFolder(), 'exit.mts')
  writeFileSync(file, program)
  const args = ['--import', createRequire(import.meta.url).resolve('tsx'), '--conditions=@anymodel/source', file]
  for (let i = 0; i < 3; i++) {
    const ended = await promisify(execFile)(process.execPath, args).catch((error) => error)
    expect([ended.code, ended.signal, ended.stderr]).toEqual([7, null, ''])
  }
})
