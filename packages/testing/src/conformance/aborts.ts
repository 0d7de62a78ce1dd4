import assert from 'node:assert/strict'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { generateText, type Part, streamText } from '@anymodel/core'
import { countListeners } from '../listeners.ts'
import type { Reply } from '../server/reply.ts'
import { ask, type Case, dropped, lastRequest, read, soon, untouched } from './case.ts'

/** Two fragments of text, then nothing, with the connection open. */
const stalls = (events: number): Reply => ({
  answer: [
    { type: 'text', text: 'One, ' },
    { type: 'text', text: 'two, ' },
    { type: 'text', text: 'three.' },
  ],
  rewrite: (all) => all.filter(({ terminal }) => !terminal).slice(0, events),
  silentAfter: 1_000,
})

/** Every event but the last ones: text has come, more would follow. */
const midStream = stalls(1_000)

const rejection = (promise: Promise<unknown>) =>
  promise.then(
    () => assert.fail('it must reject'),
    (error: unknown) => error,
  )

/** Aborting and leaving: the caller gets the reason, the service gets its connection back. */
export const aborts: readonly Case[] = [
  {
    name: 'an abort before the call sends nothing and rejects with the reason',
    async run({ server, model }) {
      const reason = new Error('changed my mind')
      const signal = AbortSignal.abort(reason)
      assert.equal((await read(model, ask('Hi', { signal }))).error, reason)
      assert.equal(await rejection(generateText({ model, prompt: 'Hi', signal })), reason)
      await untouched(server)
    },
  },
  {
    name: 'an abort while the service is silent rejects with the reason and closes the connection',
    async run({ server, model }) {
      server.reply({ silentAfter: 'request' })
      const controller = new AbortController()
      const outcome = read(model, ask('Hi', { signal: controller.signal }))
      while (server.requests.length === 0) await wait(1)
      controller.abort('a reason need not be an error')
      assert.equal((await soon(outcome, 'the rejection')).error, 'a reason need not be an error')
      await dropped(server)
    },
  },
  {
    name: 'an abort in mid-stream rejects with the reason, keeps what came, and closes the connection',
    async run({ server, model }) {
      server.reply(midStream)
      const controller = new AbortController()
      const reason = new Error('enough')
      const stream = streamText({ model, prompt: 'Hi', signal: controller.signal })
      let text = ''
      const error = await rejection(
        soon(
          (async () => {
            for await (const delta of stream.textStream) {
              text += delta
              if (text.includes('two')) controller.abort(reason)
            }
          })(),
          'the rejection',
        ),
      )
      assert.equal(error, reason)
      assert.ok(
        (reason as { partial?: { text: string } }).partial?.text.includes('two'),
        'error.partial must have the text',
      )
      await dropped(server)
      assert.equal(await rejection(stream.result), reason)
    },
  },
  {
    name: 'an abort while nobody asks for the next part still closes the connection',
    async run({ server, model }) {
      server.reply(midStream)
      const controller = new AbortController()
      const iterator = model.stream(ask('Hi', { signal: controller.signal }))[Symbol.asyncIterator]()
      for (let part: Part | undefined; part?.type !== 'text'; ) part = (await iterator.next()).value as Part
      controller.abort(new Error('gone'))
      await dropped(server)
      await iterator.return?.()
    },
  },
  {
    name: 'leaving the loop closes the connection',
    async run({ server, model }) {
      server.reply(midStream)
      for await (const part of model.stream(ask())) if (part.type === 'text') break
      await dropped(server)
      for await (const part of streamText({ model, prompt: 'Hi' })) if (part.type === 'text') break
      await dropped(server)
    },
  },
  {
    name: 'leaving before anything came closes the connection',
    async run({ server, model }) {
      server.reply({ silentAfter: 'request' })
      const iterator = model.stream(ask())[Symbol.asyncIterator]()
      for (let part: Part | undefined; !(part?.type === 'notice' && part.kind === 'connected'); )
        part = (await soon(iterator.next(), 'the connected notice')).value as Part
      while (server.requests.length === 0) await wait(1)
      await iterator.return?.()
      await dropped(server)
    },
  },
  {
    name: 'an iterator that was left hands over nothing more',
    async run({ server, model }) {
      server.reply(midStream)
      const iterator = model.stream(ask())[Symbol.asyncIterator]()
      await iterator.next()
      await iterator.return?.()
      assert.equal((await soon(iterator.next(), 'the end')).done, true)
    },
  },
  {
    name: 'an abort after the end does nothing, and leaves no listener on the signal',
    async run({ server, model }) {
      server.reply('Hello.')
      const controller = new AbortController()
      const { signal } = controller
      const listeners = countListeners(signal)
      assert.equal((await read(model, ask('Hi', { signal }))).text, 'Hello.')
      assert.equal(await soon(lastRequest(server).outcome, 'the end of the exchange'), 'complete')
      assert.ok(listeners() <= 0, `${listeners()} listeners were left on the signal`)
      controller.abort()
      await once(new EventTarget(), 'x', { signal: AbortSignal.timeout(5) }).catch(() => {})
    },
  },
  {
    name: 'a connection serves the next request after a whole answer',
    async run({ server, model }) {
      server.reply('Hello.')
      for (let at = 0; at < 4; at++) {
        await read(model, ask())
        await soon(lastRequest(server).outcome, 'the end of the exchange')
        await wait(2)
      }
      const connections = new Set(server.requests.map(({ connection }) => connection))
      assert.ok(connections.size < 4, 'at least one connection must be used again')
    },
  },
]
