import assert from 'node:assert/strict'
import { generateText, type JsonObject, type Knob, type TextCall, type TuningOptions } from '@anymodel/core'
import { ask, type Case, contains, failure, lastRequest, leaves, readWell, untouched } from './case.ts'

/** A value for every tuning option. */
export const values: { readonly [K in Knob]: NonNullable<TuningOptions[K]> } = {
  maxTokens: 2_077,
  temperature: 0.375,
  topP: 0.625,
  topK: 33,
  minP: 0.0625,
  presencePenalty: 0.25,
  frequencyPenalty: 0.5,
  repetitionPenalty: 1.125,
  logitBias: { '42': 7 },
  seed: 4_711,
  stop: ['STOP-HERE'],
  logprobs: 2,
  reasoning: { effort: 'high' },
  parallelToolCalls: false,
}

export const knobs = Object.keys(values) as Knob[]

/** Tuning options whose value must be in the request as it stands. */
const verbatim: ReadonlySet<Knob> = new Set(['maxTokens', 'temperature', 'topP', 'topK', 'minP', 'seed', 'stop'])

const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

/** Media types to try for a pattern. */
const samples: Readonly<Record<string, string>> = {
  'image/*': 'image/png',
  'audio/*': 'audio/wav',
  'video/*': 'video/mp4',
  'text/*': 'text/plain',
  '*/*': 'image/png',
}

const userFile = (file: object): TextCall => ({
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Look:' }, { type: 'file', ...file } as never] }],
})

const tool = {
  type: 'function',
  name: 'weather',
  inputSchema: { type: 'object', properties: { city: { type: 'string' } } },
} as const

/** What is sent, what is refused, what is left out with a warning. */
export const requests: readonly Case[] = [
  {
    name: 'tuning options are honoured, or a warning names them',
    async run({ server, model }) {
      for (const knob of knobs) {
        const tools =
          knob === 'parallelToolCalls' && model.supports.tools ? { weather: { input: tool.inputSchema } } : {}
        await generateText({ model, prompt: 'Hi', tools })
        const plain = lastRequest(server).text
        const { warnings } = await generateText({ model, prompt: 'Hi', tools, [knob]: values[knob] })
        const { body, text } = lastRequest(server)
        if (warnings.some(({ option }) => option === knob || option.startsWith(`${knob}.`))) continue
        assert.ok(model.supports.knobs?.includes(knob), `${knob} is not declared: a warning must name it`)
        assert.notEqual(text, plain, `${knob} is declared: it must change the request`)
        const value = values[knob]
        if (verbatim.has(knob))
          assert.ok(contains(body, Array.isArray(value) ? value[0] : value), `${knob} must be sent`)
      }
    },
  },
  {
    name: "with onUnsupported: 'error', a tuning option that the model lacks is refused before anything is sent",
    unless: ({ knobs: has = [] }) => (knobs.every((knob) => has.includes(knob)) ? 'the model has them all' : undefined),
    async run({ server, model }) {
      const missing = knobs.find((knob) => !model.supports.knobs?.includes(knob)) as Knob
      const options = { model, prompt: 'Hi', onUnsupported: 'error' as const, [missing]: values[missing] }
      const error = await failure(generateText(options))
      assert.equal(error.code, 'unsupported')
      assert.ok(error.message.includes(missing))
      await untouched(server)
    },
  },
  {
    name: 'tools are refused before anything is sent',
    unless: ({ tools }) => (tools ? 'the model takes tools' : undefined),
    async run({ server, model }) {
      const error = await failure(
        generateText({ model, prompt: 'Hi', tools: { weather: { input: tool.inputSchema } } }),
      )
      assert.equal(error.code, 'unsupported')
      await untouched(server)
    },
  },
  {
    name: "another provider's tool is refused before anything is sent",
    async run({ server, model }) {
      const search = { provider: 'somebody-else', definition: { type: 'search' } }
      const error = await failure(generateText({ model, prompt: 'Hi', tools: { search } }))
      assert.deepEqual([error.code, error.provider, error.model], ['unsupported', model.provider, model.id])
      await untouched(server)
    },
  },
  {
    name: 'files that the model does not read are refused before anything is sent',
    unless: ({ files }) => (files?.includes('*/*') ? 'the model reads every file' : undefined),
    async run({ server, model }) {
      const prompt = [{ type: 'file', data: Buffer.from('x'), mediaType: 'application/x-strange' }] as const
      const error = await failure(generateText({ model, prompt }))
      assert.equal(error.code, 'unsupported')
      await untouched(server)
    },
  },
  {
    name: 'files go in as bytes',
    unless: ({ files }) => (files?.length ? undefined : 'the model reads no files'),
    async run({ server, model }) {
      for (const pattern of model.supports.files ?? []) {
        const mediaType = samples[pattern] ?? pattern
        await readWell(model, userFile({ mediaType, data: png, name: 'sample' }))
        const { text } = lastRequest(server)
        const plain = Buffer.from(png, 'base64').toString()
        const there =
          text.includes(png) || (mediaType.startsWith('text/') && text.includes(JSON.stringify(plain).slice(1, -1)))
        assert.ok(there, `the bytes of a ${mediaType} file must be in the request`)
      }
    },
  },
  {
    name: 'files go in as the URL that the service fetches',
    unless: ({ fileUrls }) => (fileUrls?.length ? undefined : 'the service fetches no URLs'),
    async run({ server, model }) {
      for (const pattern of model.supports.fileUrls ?? []) {
        await readWell(model, userFile({ mediaType: samples[pattern] ?? pattern, url: 'https://files.example/a.bin' }))
        assert.ok(contains(lastRequest(server).body, 'https://files.example/a.bin'), pattern)
      }
    },
  },
  {
    name: 'a JSON schema is handed to the service',
    unless: ({ output }) => (output?.includes('native') ? undefined : 'the service enforces no schemas'),
    async run({ server, model }) {
      server.reply('{"marker":"x"}')
      const schema = {
        type: 'object',
        properties: { marker_field: { type: 'string', description: 'schema-marker' } },
        required: ['marker_field'],
        additionalProperties: false,
      }
      const { text } = await readWell(model, ask('Hi', { output: { type: 'json-schema', name: 'thing', schema } }))
      assert.equal(text, '{"marker":"x"}')
      assert.ok(lastRequest(server).text.includes('marker_field'))
    },
  },
  {
    name: 'JSON without a schema is asked for where the service has it',
    unless: ({ output }) => (output?.includes('json') ? undefined : 'the service has no JSON mode'),
    async run({ server, model }) {
      await readWell(model, ask('Give me JSON.'))
      const plain = lastRequest(server).text
      await readWell(model, ask('Give me JSON.', { output: { type: 'json' } }))
      assert.notEqual(lastRequest(server).text, plain)
    },
  },
  {
    name: 'output formats that the model lacks are refused before anything is sent',
    unless: ({ output }) => (output?.includes('native') ? 'the service enforces schemas' : undefined),
    async run({ server, model }) {
      const output = { type: 'json-schema', name: 'thing', schema: { type: 'object' } } as const
      const error = await failure(generateText({ model, prompt: 'Hi', ...({ output } as object) }))
      assert.equal(error.code, 'unsupported')
      await untouched(server)
    },
  },
  {
    name: 'instructions and every message reach the service, in order',
    async run({ server, model }) {
      const messages = [
        { role: 'user', content: 'marker-one' },
        { role: 'assistant', content: 'marker-two' },
        { role: 'user', content: [{ type: 'text', text: 'marker-three' }] },
      ] as const
      await generateText({ model, system: 'marker-zero', messages })
      const { text } = lastRequest(server)
      const at = ['marker-one', 'marker-two', 'marker-three'].map((marker) => text.indexOf(marker))
      assert.ok(text.includes('marker-zero') && at.every((place) => place >= 0), text)
      assert.deepEqual(
        at,
        [...at].sort((a, b) => a - b),
      )
    },
  },
  {
    name: 'extra is merged last into the body, deeply',
    async run({ server, model }) {
      const call = ask('Hi', { maxTokens: 2_077 })
      await readWell(model, call)
      const [path] = [...leaves(lastRequest(server).body)].find(([, leaf]) => leaf === 2_077) ?? [['max_tokens']]
      const extra = path.reduceRight<unknown>((value, key) => ({ [key]: value }), 2_088) as JsonObject
      await readWell(model, { ...call, extra: { ...extra, suite_marker: { deep: [1, 'two'] } } as never })
      const { body } = lastRequest(server)
      assert.deepEqual(body.suite_marker, { deep: [1, 'two'] })
      assert.ok(contains(body, 2_088) && !contains(body, 2_077), 'extra must win')
      assert.ok(contains(body, 'Hi'), 'what extra does not name must stay')
    },
  },
  {
    name: "a call's headers win",
    async run({ server, model }) {
      await readWell(
        model,
        ask('Hi', { headers: { 'X-Suite': 'yes', 'Content-Type': 'application/json; charset=utf-8' } }),
      )
      const { headers } = lastRequest(server)
      assert.deepEqual([headers['x-suite'], headers['content-type']], ['yes', 'application/json; charset=utf-8'])
    },
  },
]
