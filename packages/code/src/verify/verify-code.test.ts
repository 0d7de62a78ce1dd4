import { AnyModelError, isAnyModelError, type TextCall } from '@anymodel/core'
import { countListeners, type MockAnswer, mockModel } from '@anymodel/testing'
import { expect, onTestFinished, test } from 'vitest'
import { processSandbox } from '../sandbox/process.ts'
import { bareSandbox } from '../testing/bare-sandbox.ts'
import { generateVerifiedCode, streamVerifiedCode } from './verify-code.ts'
import type { VerifiedCodeOptions, VerifyEvent } from './verify-options.ts'

const sandbox = bareSandbox()
const task = 'Write a function add that adds two numbers.'
const fence = (code: string) => `\`\`\`js\n${code}\n\`\`\``
const right = 'const add = (a, b) => a + b'
const minus = 'const add = (a, b) => a - b'
const times = 'const add = (a, b) => a * b'
const tests = {
  entryPoint: 'add',
  cases: [
    { input: [1, 2], output: 3 },
    { input: [2, 2], output: 4 },
    { input: [0, 0], output: 0 },
    { input: [-1, 1], output: 0 },
  ],
}
const asked = ({ messages }: TextCall) => JSON.stringify(messages)
const answers = (...codes: readonly (string | Error)[]) =>
  mockModel(codes.map((code) => (typeof code === 'string' ? fence(code) : code)))
const find = (options: Partial<VerifiedCodeOptions>) =>
  generateVerifiedCode({ task, language: 'javascript', sandbox, concurrency: 1, typeCheck: false, ...options })

test('the first sample that passes is the answer, with the evidence', async () => {
  const result = await find({ model: answers(minus, times, right), tests, samples: 8 })
  expect(result).toMatchObject({
    code: `${right}\n`,
    passed: true,
    evidence: { chosen: 2, stopped: 'passed', rounds: 0 },
  })
  expect(result.files).toEqual([{ path: 'solution.js', text: `${right}\n` }])
  expect(result.evidence.attempts.map(({ tests }) => tests?.passed)).toEqual([false, false, true])
  expect(result.evidence.attempts.map(({ temperature }) => temperature)).toEqual([0.2, 0.314, 0.429])
  expect(JSON.parse(JSON.stringify(result))).toEqual(result)
})

test('pass@k is told when all samples ran, and only then', async () => {
  const all = await find({
    model: answers(minus, times, right, `${minus}//`),
    tests,
    samples: 4,
    enough: 4,
    inputs: [[1, 2]],
  })
  expect(all.evidence.passAtK).toEqual({ 1: 0.25, 2: 0.5, 4: 1 })
  const allRight = await find({ model: answers(right), tests, samples: 2, enough: 2 })
  expect(allRight.evidence).toMatchObject({ passAtK: { 1: 1, 2: 1 }, stopped: 'passed' })
  const early = await find({ model: answers(right), tests, samples: 4 })
  expect(early.evidence).not.toHaveProperty('passAtK')
})

test('samples go round the models, and are asked in different words', async () => {
  const models = [answers(minus), answers(minus)]
  await find({ models, tests, samples: 6, repairs: 0 })
  expect(models.map(({ calls }) => calls.length)).toEqual([3, 3])
  expect(new Set(models[0]?.calls.map(asked)).size).toBe(3)
})

test('code that differs in white space and comments only is run once', async () => {
  const runs = bareSandbox()
  const codes = [minus, `${minus} // again`, 'const add   = (a, b) =>\n  a - b']
  const { evidence } = await find({ model: answers(...codes), sandbox: runs, tests, samples: 3, repairs: 0 })
  expect(evidence.attempts.map(({ duplicateOf }) => duplicateOf)).toEqual([undefined, 0, 0])
  expect(runs.runs.length).toBe(1)
})

test('code that does not parse never runs', async () => {
  const runs = bareSandbox()
  const { evidence, problem, passed } = await find({
    model: answers('const add = ('),
    sandbox: runs,
    tests,
    samples: 1,
    repairs: 0,
  })
  expect(runs.runs).toEqual([])
  expect(passed).toBe(false)
  expect(problem).toContain('line 1')
  expect(evidence.attempts[0]).toMatchObject({ problem, code: 'const add = (\n' })
})

test('TypeScript with wrong types never runs, and goes back with what the compiler said', async () => {
  const runs = await processSandbox()
  onTestFinished(() => runs.close())
  const wrong = 'export const add = (a: number, b: number): string => a + b'
  const typed = wrong.replace('string', 'number')
  const model = mockModel((call) => `\`\`\`ts\n${/went wrong/.test(asked(call)) ? typed : wrong}\n\`\`\``)
  const options = { model, language: 'ts', sandbox: runs, tests, samples: 1 }
  const { passed, evidence } = await find({ ...options, typeCheck: true })
  expect(passed).toBe(true)
  expect(evidence.attempts[0]?.problem).toContain('TS2322')
  expect(evidence.attempts[0]).not.toHaveProperty('tests')
  expect((await find({ ...options, typeCheck: false })).evidence.attempts[0]?.tests?.passed).toBe(true)
})

test('what failed goes back with its code and its errors', async () => {
  const model = mockModel((call) => fence(/went wrong/.test(asked(call)) ? right : minus))
  const { passed, evidence } = await find({ model, tests, samples: 2 })
  expect(passed).toBe(true)
  expect(evidence).toMatchObject({ rounds: 1, chosen: 2 })
  expect(evidence.attempts[2]).toMatchObject({ round: 1, repairOf: 0 })
  expect(asked(model.calls[2] as TextCall)).toContain('For 1,2 it gave -1, not 3.')
})

test('when nothing passes the result is the best there is and says why', async () => {
  const model = answers('const add = () => 0', minus, 'const add = (a, b) => a === 1 ? 3 : 0', times)
  const { passed, problem, code, evidence } = await find({ model, tests, samples: 4, repairs: 1 })
  expect(passed).toBe(false)
  expect(code).toContain('=== 1')
  expect(problem).toContain('For 2,2 it gave 0, not 4.')
  expect(evidence).toMatchObject({ rounds: 1, stopped: 'samples' })
})

test('without tests, what most samples do on inputs wins: the shortest of them', async () => {
  const codes = [minus, 'function add(a, b) { return a + b }', right, times, 'const add = (a, b) => b + a + 0']
  const { code, passed, problem, evidence } = await find({
    model: answers(...codes),
    samples: 5,
    inputs: [
      [1, 2],
      [2, 5],
    ],
  })
  expect(code).toBe(`${right}\n`)
  expect([passed, problem]).toEqual([false, 'There were no tests. 3 of 5 samples do the same as this one.'])
  expect(evidence.agreement).toBe(0.6)
  expect(evidence.clusters.map(({ attempts }) => attempts)).toEqual([[2, 4, 1], [0], [3]])
})

test('a model writes the inputs, and is never asked what should come out', async () => {
  const writer = mockModel('["[1, 2]", "[3, 4]", "no JSON"]')
  const { evidence, code } = await find({
    model: answers(minus, right, `${right} + 0`),
    inputModel: writer,
    samples: 3,
  })
  expect(evidence.inputs).toEqual([
    [1, 2],
    [3, 4],
  ])
  expect(code).toBe(`${right}\n`)
  expect(asked(writer.calls[0] as TextCall)).toContain('const add = (a, b) =>')
})

test('few tests are no proof: the samples that pass them are compared', async () => {
  const few = { entryPoint: 'add', cases: [{ input: [2, 2], output: 4 }] }
  const model = answers(times, right, `${right} + 0`, minus)
  const { code, passed, evidence } = await find({ model, tests: few, samples: 4, inputs: [[1, 2]] })
  expect([code, passed]).toEqual([`${right}\n`, true])
  expect(evidence.clusters.map(({ attempts }) => attempts)).toEqual([[1, 2], [0]])
})

test('code that fails on every input does not win by numbers', async () => {
  const model = answers('const add = () => { throw new Error() }', 'const add = () => { throw new TypeError() }', right)
  expect((await find({ model, samples: 3, inputs: [[1, 2]] })).code).toBe(`${right}\n`)
})

test('samples without a function in common are not compared, and that is told', async () => {
  const { evidence } = await find({
    model: answers('const a = () => 1', 'const b = () => 1'),
    samples: 2,
    inputs: [[1]],
  })
  expect(evidence.notes.join()).toContain('Give entryPoint')
  expect(evidence.clusters.length).toBe(2)
})

test('a judge decides between clusters of the same size', async () => {
  const judge = mockModel((call) => `{"score":${asked(call).includes('a - b') ? 2 : 9}}`)
  const { code, evidence } = await find({ model: answers(minus, right), judge, samples: 2, inputs: [[1, 2]] })
  expect(code).toBe(`${right}\n`)
  expect(evidence.clusters.map(({ score }) => score)).toEqual([0.9, 0.2])
})

test('a failed request is an attempt; when all fail, the first error is the call’s', async () => {
  const lost = new AnyModelError('network', 'gone')
  const { passed, evidence } = await find({ model: answers(lost, right), tests, samples: 2 })
  expect(passed).toBe(true)
  expect(evidence.attempts[0]).toMatchObject({ code: '', problem: 'The request failed: gone' })
  await expect(find({ model: mockModel(lost), tests, samples: 2 })).rejects.toMatchObject({
    code: 'network',
    message: 'gone',
  })
  await expect(find({ model: mockModel(''), tests, samples: 2 })).rejects.toSatisfy(
    (error) => isAnyModelError(error) && error.code === 'invalid-output',
  )
})

const costly = (code: string): MockAnswer => [
  { type: 'text', text: fence(code) },
  { type: 'finish', usage: { input: 100, output: 50 } },
]
test.each([
  ['tokens', { tokens: 200 }],
  ['cost', { cost: 0.5, costOf: () => 0.3 }],
] as const)('no request begins once the %s are spent', async (stopped, budget) => {
  const model = mockModel([costly(minus), costly(times)])
  const { evidence } = await find({ model, tests, samples: 8, budget })
  expect(evidence).toMatchObject({ stopped, rounds: 0, usage: { input: 200, output: 100 } })
  expect(model.calls.length).toBe(2)
})

const never: MockAnswer = ({ signal }) =>
  new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason), { once: true }))

test('when the time is spent, what was found until then is the result', async () => {
  const model = mockModel([fence(minus), never])
  const { evidence, passed } = await find({ model, tests, samples: 4, budget: { timeMs: 1_500 } })
  expect([passed, evidence.stopped, evidence.attempts.length]).toEqual([false, 'time', 2])
  expect(evidence.attempts[1]?.problem).toContain('ended')
})

test.each([
  ['while a model answers', mockModel(never), {}],
  ['while tests run', answers('while (true) {}'), { tests, limits: { timeMs: 60_000 } }],
  ['while inputs are written', answers(minus, right), { inputModel: mockModel(never) }],
  [
    'while samples are compared',
    answers('const add = () => { while (true) {} }', right),
    { inputs: [[1, 2]], limits: { timeMs: 60_000 } },
  ],
  ['while a judge thinks', answers(minus, right), { inputs: [[1, 2]], judge: mockModel(never) }],
])('an abort %s rejects with its reason and leaves no listener', async (_, model, more) => {
  const leave = new AbortController()
  const counted = countListeners(leave.signal)
  const reason = new Error('enough')
  const found = find({ model, samples: 2, signal: leave.signal, ...more })
  setTimeout(() => leave.abort(reason), 600)
  await expect(found).rejects.toBe(reason)
  expect(counted()).toBe(0)
})

test('events tell attempts as they are made; leaving the loop ends the search', async () => {
  const options = {
    task,
    language: 'javascript',
    sandbox,
    concurrency: 1,
    tests,
    samples: 2,
    model: answers(minus, right),
  }
  const stream = streamVerifiedCode(options)
  const events: VerifyEvent[] = []
  for await (const event of stream) events.push(event)
  expect(events.map(({ type }) => type)).toEqual([
    'attempt-start',
    'attempt-end',
    'attempt-start',
    'attempt-end',
    'clusters',
    'finish',
  ])
  expect(events.at(-1)).toEqual({ type: 'finish', result: await stream.result })
  const left = mockModel(never)
  for await (const event of streamVerifiedCode({ ...options, model: left })) if (event.type === 'attempt-start') break
  expect(left.calls.length).toBeLessThan(2)
})

test.each([
  ['model', { model: undefined }],
  ['tests', { tests: '' }],
  ['file of tests', { tests: { text: 'a', files: [{ path: '../a', text: '' }] } }],
  ['name of a file', { tests: { text: 'a', files: [{ path: 'main.mjs', text: '' }] } }],
  ['cases', { tests: { cases: [] } }],
  ['input', { tests: { cases: [{ input: [1], output: 1 }] } }],
  ['entryPoint', { entryPoint: 'a(); b' }],
  ['samples', { samples: 0 }],
  ['enough', { samples: 2, enough: 3 }],
  ['budget.cost', { budget: { cost: 1 } }],
  ['inputs', { inputs: [[1], 'a'] }],
])('a wrong %s is refused before anything is asked', async (_, wrong) => {
  const model = answers(right)
  await expect(find({ model, ...wrong } as Partial<VerifiedCodeOptions>)).rejects.toSatisfy(
    (error) => isAnyModelError(error) && error.code === 'invalid-argument',
  )
  expect(model.calls).toEqual([])
})

test('an answer’s other files come along, and can’t break out', async () => {
  const answer = `solution.js\n${fence("import { plus } from './plus.js'\nexport const add = (a, b) => plus(a, b)")}\nplus.js\n${fence('export const plus = (a, b) => a + b')}\n../../x.js\n${fence('x')}`
  const { passed, files } = await find({ model: mockModel(answer), tests, samples: 1, repairs: 0 })
  expect(passed).toBe(true)
  expect(files.map(({ path }) => path).slice(0, 2)).toEqual(['solution.js', 'plus.js'])
})

test('data and queries are parsed, not run', async () => {
  const json = await find({ model: answers('{"a": 1,}', '{"a": 1}'), language: 'json', samples: 2 })
  expect(json.code).toBe('{"a": 1}\n')
  const sql = await find({
    model: answers('SELEC 1', 'SELECT name FROM people WHERE age > 3'),
    language: 'sql',
    samples: 2,
  })
  expect(sql.code).toContain('WHERE')
  await expect(find({ model: answers('{}'), language: 'json', tests })).rejects.toSatisfy(
    (error) => isAnyModelError(error) && error.code === 'unsupported',
  )
})
