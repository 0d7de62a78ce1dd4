import assert from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import { streamText, withFallback, withTimeout } from '@anymodel/core'
import { ask, failed, gaps, requests, type Scenario, whole } from './scenario.ts'

const limited = ['seconds', 'date', 'ms', 'azure', 'duration', 'timestamp', 'words', 'info'].map(
  (one) => `limited-${one}`,
)

/** Timers may fire a little early. */
const early = 5

/** The acceptance table of reliability. Every call is one of `withFallback`. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  S01: {
    fault: '429 with a wait, in every spelling, once',
    required: 'the wait, then the answer; or another model at once',
    async run(scene) {
      await Promise.all(
        limited.map(async (name) => {
          whole(await ask([scene.model(`${name}-once@alone`)]))
          requests(scene, `${name}-once@alone`, 2)
          const [gap = 0] = gaps(scene, `${name}-once@alone`)
          assert.ok(gap >= scene.retryAfter - early, `${name}: asked again after ${Math.round(gap)} ms`)
          whole(await ask([scene.model(name), scene.model('healthy')]))
          requests(scene, name, 1)
        }),
      )
      requests(scene, 'healthy', limited.length)
    },
  },
  S02: {
    fault: '429 without a wait, always',
    required: 'few requests, not in a row; another model',
    async run(scene) {
      failed(await ask([scene.model('limited@alone')], { retries: 2 }), 'rate-limit')
      requests(scene, 'limited@alone', 3)
      assert.ok(
        gaps(scene, 'limited@alone').every((gap) => gap >= 375 - early),
        'asked again too soon',
      )
      whole(await ask([scene.model('limited'), scene.model('healthy')]))
      requests(scene, 'limited', 1)
    },
  },
  S03: {
    fault: '500 once',
    required: 'the same model once more',
    async run(scene) {
      whole(await ask([scene.model('status-500-once'), scene.model('healthy')]))
      requests(scene, 'status-500-once', 2)
      requests(scene, 'healthy', 0)
    },
  },
  S04: {
    fault: '503 always',
    required: 'another model, within the number of attempts',
    async run(scene) {
      whole(await ask([scene.model('status-503'), scene.model('healthy')], { maxAttempts: 3 }))
      requests(scene, 'status-503', 2)
      failed(await ask([scene.model('status-503@a'), scene.model('status-503@b')], { maxAttempts: 3 }), 'server')
      assert.equal(scene.server.log('status-503@a').length + scene.server.log('status-503@b').length, 3)
    },
  },
  S05: {
    fault: 'TCP reset before the headers, or right after them, once',
    required: 'the answer',
    async run(scene) {
      for (const name of ['reset-once', 'closed-once', 'reset-after-headers-once']) {
        whole(await ask([scene.model(name)]))
        requests(scene, name, 2)
      }
    },
  },
  S06: {
    fault: 'never responds',
    required: 'one request, given up by a clock; another model',
    async run(scene) {
      for (const [name, clocks] of [
        ['silent', { headers: 100 }],
        ['silent-after-headers', { firstContent: 100 }],
      ] as const) {
        whole(await ask([withTimeout(scene.model(name), clocks), scene.model('healthy')]))
        requests(scene, name, 1)
        assert.equal(await scene.server.log(name)[0]?.request.outcome, 'dropped')
      }
    },
  },
  S07: {
    fault: 'the first token is late',
    required: 'the clock of the first content; another model',
    async run(scene) {
      const late = withTimeout(scene.model('slow-start'), { firstContent: scene.stall / 3 })
      const { attempts } = whole(await ask([late, scene.model('healthy')]))
      assert.deepEqual(
        attempts.map(({ outcome }) => outcome),
        ['timeout', 'ok'],
      )
      whole(await ask([scene.model('slow-start')]))
    },
  },
  S08: {
    fault: 'cut after 40 of 60 words, or at any byte, or without an end',
    required: 'the whole answer, or an error with what came; never a short success',
    async run(scene) {
      const places = [0, 1, ...Array.from({ length: 20 }, (_, at) => 150 + at * 293)]
      const cuts = places.flatMap((at) => [`cut-${at}`, `ended-${at}`])
      const names = ['cut', 'no-end', 'cut-in-gzip', 'cut-early', ...cuts]
      for (const name of names) {
        const outcome = await ask([scene.model(name)], { retries: 0 })
        failed(outcome, 'network', 'truncated', 'malformed')
        for (const onBreak of ['restart', 'continue'] as const)
          whole(await ask([scene.model(name), scene.model('healthy')], { onBreak, retries: 0 }))
      }
      const { text } = await ask([scene.model('cut')])
      assert.equal(text.split(/\s+/).length, 40)
    },
  },
  S09: {
    fault: 'stalls in the middle with the connection open',
    required: 'noticed by a clock; the connection is closed, later calls are well',
    async run(scene) {
      const stalled = (name: string) => withTimeout(scene.model(name), { idle: scene.stall / 4 })
      const error = failed(await ask([stalled('stall')]), 'timeout')
      assert.equal(error.clock, 'idle')
      assert.equal(await scene.server.log('stall')[0]?.request.outcome, 'dropped')
      for (const onBreak of ['restart', 'continue'] as const)
        whole(await ask([stalled(`stall@${onBreak}`), scene.model('healthy')], { onBreak }))
      whole(await ask([scene.model('healthy')]))
    },
  },
  S10: {
    fault: 'an event in the middle is not JSON',
    required: 'it is skipped, the answer is whole',
    async run(scene) {
      const { warnings } = whole(await ask([scene.model('malformed'), scene.model('healthy')]))
      assert.deepEqual(
        warnings.map(({ option }) => option),
        ['stream'],
      )
      requests(scene, 'healthy', 0)
    },
  },
  S11: {
    fault: 'ends without the last sign, but with a finish reason',
    required: 'the answer, with its usage',
    async run(scene) {
      whole(await ask([scene.model('no-last-sign'), scene.model('healthy')]))
      requests(scene, 'healthy', 0)
    },
  },
  S12: {
    fault: '400: the context is too long',
    required: 'never the same model; a larger one when there is one',
    async run(scene) {
      const models = [scene.model('context-length'), scene.model('healthy')]
      failed(await ask(models), 'context-length')
      requests(scene, 'context-length', 1)
      requests(scene, 'healthy', 0)
      whole(await ask(models, { onContextOverflow: [scene.model('healthy@large')] }))
      requests(scene, 'healthy@large', 1)
    },
  },
  S13: {
    fault: '400: the content filter',
    required: 'no other request; the reason is the error; another model only where that is asked for',
    async run(scene) {
      const models = [scene.model('content-filter'), scene.model('healthy')]
      failed(await ask(models), 'content-filter')
      requests(scene, 'content-filter', 1)
      requests(scene, 'healthy', 0)
      whole(await ask(models, { onContentFilter: [scene.model('healthy@free')] }))
      requests(scene, 'healthy@free', 1)
    },
  },
  S14: {
    fault: 'cut, and the next model refuses a prefill',
    required: 'the whole answer or a clear error; the refusal is not seen',
    async run(scene) {
      const prefilled = (name: string) => {
        const model = scene.model(name)
        return { ...model, supports: { ...model.supports, prefill: true } }
      }
      whole(await ask([scene.model('cut'), prefilled('no-prefill')], { onBreak: 'continue' }))
      requests(scene, 'no-prefill', 2)
      const outcome = await ask([scene.model('cut'), prefilled('status-400')], { onBreak: 'continue', retries: 0 })
      failed(outcome, 'network', 'truncated')
    },
  },
  S15: {
    fault: 'the first model is down for a while, 20 calls',
    required: 'all are answered; it is tried now and then, and is the first again when it is back',
    async run(scene) {
      const model = withFallback([scene.model('down'), scene.model('healthy')], { retries: 0, cooldown: 200 })
      for (let at = 0; at < 20; at++) {
        const { text } = await streamText({ model, prompt: 'Tell me of the harbour.' }).result
        assert.ok(text.endsWith('🐟.'), `call ${at} was not answered`)
        await wait(60)
      }
      const asked = scene.server.log('down').length
      assert.ok(asked < 20, 'the model that is down was asked each time')
      assert.equal(scene.server.log().at(-1)?.model, 'down', 'the first model is not the first again')
    },
  },
  S16: {
    fault: '503, and another model answers',
    required: "the other's name and usage; what failed is listed and not counted",
    async run(scene) {
      const { response, usage, attempts } = whole(await ask([scene.model('status-503'), scene.model('healthy')]))
      assert.equal(response.model, 'healthy')
      assert.equal(usage.output, 60)
      assert.deepEqual(
        attempts.map(({ model, outcome }) => [model, outcome]),
        [
          ['status-503', 'server'],
          ['status-503', 'server'],
          ['healthy', 'ok'],
        ],
      )
    },
  },
  S17: {
    fault: 'an error as the first event under status 200',
    required: 'another model; nothing of the first is seen',
    async run(scene) {
      whole(await ask([scene.model('error-first'), scene.model('healthy')]))
      failed(await ask([scene.model('error-first@alone')], { retries: 0 }), 'rate-limit', 'server')
    },
  },
  S18: {
    fault: 'an error after a tool call',
    required: 'an error; nothing is asked or run again',
    async run(scene) {
      let ran = 0
      const tools = { order: { input: { type: 'object' }, run: () => ran++ } }
      for (const onBreak of ['restart', 'continue'] as const) {
        const name = `error-after-tool@${onBreak}`
        const outcome = await ask([scene.model(name), scene.model('healthy')], { onBreak }, { tools } as object)
        assert.equal(outcome.error?.partial?.toolCalls.length, 1)
        requests(scene, name, 1)
      }
      requests(scene, 'healthy', 0)
      assert.equal(ran, 0)
    },
  },
  S19: {
    fault: 'nothing but signs of life for a long time, then the answer',
    required: 'they are no content: the answer is waited for as long as its own clock says',
    async run(scene) {
      const short = scene.stall / 4
      whole(await ask([withTimeout(scene.model('alive'), { connect: 1_000, headers: 1_000, idle: short })]))
      const { attempts } = whole(
        await ask([withTimeout(scene.model('alive'), { firstContent: short }), scene.model('healthy')]),
      )
      assert.equal(attempts[0]?.outcome, 'timeout')
      const empty = await ask([scene.model('alive-only')], { retries: 0 })
      assert.ok(empty.error, 'signs of life alone came as an answer')
    },
  },
  S20: {
    fault: 'an abort during a wait, and in the middle of an answer',
    required: 'over at once, without another request and without an open connection',
    async run(scene) {
      for (const name of ['limited-ms@abort', 'stall@abort']) {
        const controller = new AbortController()
        const { signal } = controller
        const stream = streamText({ model: withFallback([scene.model(name)]), prompt: 'Hi.', signal })
        let abortedAt = 0
        const reading = (async () => {
          for await (const part of stream) {
            const isWait = part.type === 'notice' && part.kind === 'retry'
            if (abortedAt > 0 || !(isWait || part.type === 'text')) continue
            abortedAt = performance.now()
            controller.abort('enough')
          }
        })()
        assert.equal(await reading.catch((error) => error), 'enough')
        const outcome = await scene.server.log(name)[0]?.request.outcome
        const took = performance.now() - abortedAt
        assert.equal(outcome, name.startsWith('stall') ? 'dropped' : 'complete')
        assert.ok(took <= scene.atOnce, `it took ${Math.round(took)} ms`)
        requests(scene, name, 1)
      }
    },
  },
  S21: {
    fault: 'two beginnings, of one model or of two',
    required: 'a reader sees one',
    async run(scene) {
      whole(await ask([scene.model('doubled-start')]))
      for (const name of ['cut-early', 'cut']) {
        const model = withFallback([scene.model(name), scene.model('healthy')], { onBreak: 'continue', retries: 0 })
        const body = await streamText({ model, prompt: 'Hi.' }).toResponse({ format: 'anthropic' }).text()
        assert.equal(body.match(/event: message_start/g)?.length, 1)
        assert.equal(body.match(/event: message_stop/g)?.length, 1)
        assert.equal(body.match(/harbour/g)?.length, 1)
      }
    },
  },
  S22: {
    fault: 'chunks that split code points, lines and compressed data',
    required: 'the answer',
    async run(scene) {
      for (const name of ['gzip', 'brotli', 'split', 'split-crlf']) whole(await ask([scene.model(name)]))
    },
  },
}
