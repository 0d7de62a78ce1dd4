import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaultSandbox } from '@anymodel/code/sandbox'
import { AnyModelError, type Sandbox, type SandboxRun } from '@anymodel/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { proofs } from './answers.ts'
import { cachedSandbox } from './cached-sandbox.ts'
import { type DatasetName, missingDataset, tasksOf } from './datasets.ts'
import { measureGain, toGainTable } from './gain.ts'
import { jsonLines, memoryLines } from './json-lines.ts'
import { knownFailures } from './known-failures.ts'
import { mutantsOf } from './mutants.ts'
import { callsOf } from './mxeval.ts'
import { reportOf, toMarkdown } from './report.ts'
import { type EvalSample, runEval } from './run-eval.ts'
import { type EvalTask, programOf } from './task.ts'

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'anymodel-eval-'))
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  return made
}

/** Why programs in a language can't be run here. */
async function missingSandbox(language: string): Promise<string | undefined> {
  try {
    await (await defaultSandbox(language)).close()
    return undefined
  } catch (error) {
    return (error as AnyModelError).message
  }
}

const missing = { javascript: await missingSandbox('javascript'), python: await missingSandbox('python') }

const slices: readonly (readonly [DatasetName, 'javascript' | 'python'])[] = [
  ['humaneval-python', 'python'],
  ['humaneval-js', 'javascript'],
  ['mbxp-js', 'javascript'],
  ['mbxp-ts', 'javascript'],
  ['infilling-random-span-light', 'python'],
]
for (const [name, language] of slices) {
  const reason = missingDataset(name) ?? missing[language]
  test.skipIf(reason !== undefined)(
    `in ${name} what is right passes and what is broken fails${reason === undefined ? '' : ` (skipped: ${reason})`}`,
    async () => {
      const every = await tasksOf(name)
      const tasks = every.filter(({ id }, at) => at % Math.ceil(every.length / 4) === 0 && !(id in knownFailures(name)))
      const sandbox = await defaultSandbox(tasks[0]?.language ?? '')
      onTestFinished(() => sandbox.close())
      const run = { samples: 1, concurrency: 2, sandbox, limits: { timeMs: 10_000 } }
      const seen = new Set<boolean>()
      for (const [proof, { has, answer }] of Object.entries(proofs)) {
        const made = await runEval({ ...run, tasks: tasks.filter(has), answer, lines: memoryLines() })
        expect(made.filter(({ passed }) => passed === (proof === 'broken'))).toEqual([])
        for (const { passed } of made) seen.add(passed)
      }
      expect(seen).toEqual(new Set([true, false]))
    },
    60_000,
  )
}

const task: EvalTask = {
  id: 'add',
  language: 'javascript',
  prompt: '/** Adds. */\nfunction add(a, b) {\n',
  entryPoint: 'add',
  tests: { text: 'if (add(1, 2) !== 3) throw new Error("no")', files: [] },
  solution: '  return a + b\n}\n',
}

/** A sandbox in name only: says what a program that ended well says. */
const agreeing = (): Sandbox & { readonly runs: SandboxRun[] } => {
  const runs: SandboxRun[] = []
  return {
    name: 'agreeing',
    languages: ['javascript'],
    holds: [],
    runs,
    async run(run) {
      runs.push(run)
      const [mark] = /\$[0-9a-f]{24}/.exec(JSON.stringify(run.files)) ?? []
      return { outcome: 'exited', exitCode: 0, stdout: `\n${mark}{"done":true}\n`, stderr: '', durationMs: 1 }
    },
    async close() {},
  }
}

describe('an evaluation that was ended', () => {
  test('goes on where it was, also when the last line was cut off', async () => {
    const file = join(folder(), 'samples.jsonl')
    const asked: string[] = []
    const run = (samples: number) =>
      runEval({
        tasks: [task, { ...task, id: 'plus' }],
        samples,
        concurrency: 1,
        sandbox: agreeing(),
        lines: jsonLines<EvalSample>(file),
        answer: async ({ id }, sample) => {
          asked.push(`${id} ${sample}`)
          return { text: '  return a + b\n}\n' }
        },
      })
    await run(1)
    expect(asked).toEqual(['add 0', 'plus 0'])
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, -30))
    const all = await run(2)
    expect(asked.slice(2)).toEqual(['add 1', 'plus 0', 'plus 1'])
    expect(all.map(({ task, sample }) => `${task} ${sample}`)).toEqual(['add 0', 'add 1', 'plus 0', 'plus 1'])
    await run(2)
    expect(asked.length).toBe(5)
  })

  test('a failed request ends it and loses nothing', async () => {
    const lines = memoryLines<EvalSample>()
    const answer = async (_: EvalTask, sample: number) => {
      if (sample === 2) throw new AnyModelError('network', 'gone')
      return { text: '' }
    }
    const ended = runEval({ tasks: [task], samples: 4, concurrency: 1, sandbox: agreeing(), lines, answer })
    await expect(ended).rejects.toThrow('gone')
    expect(lines.read().length).toBe(2)
  })
})

test('equal programs run once, now and later, whatever marks their records', async () => {
  const file = join(folder(), 'runs.jsonl')
  const first = agreeing()
  const run = (sandbox: Sandbox) =>
    runEval({
      tasks: [task],
      samples: 3,
      concurrency: 3,
      sandbox,
      lines: memoryLines(),
      answer: async ({ solution = '' }) => ({ text: solution }),
    })
  const made = await run(cachedSandbox(first, jsonLines(file)))
  expect(made.map(({ passed }) => passed)).toEqual([true, true, true])
  const second = agreeing()
  const kept = cachedSandbox(second, jsonLines(file))
  expect((await run(kept)).every(({ passed }) => passed)).toBe(true)
  expect([first.runs.length, second.runs.length, kept.hits()]).toEqual([1, 0, 3])
})

test('an answer is the rest of the function or the whole of it; helpers of the prompt stay', () => {
  const python: EvalTask = {
    ...task,
    language: 'python',
    prompt: 'import math\n\ndef help():\n    pass\n\ndef add(a, b):\n    """Adds."""\n',
  }
  expect(programOf(python, '    return a + b\n')).toBe(`${python.prompt}    return a + b\n`)
  const whole = 'def add(a, b):\n    return a + b\n'
  expect(programOf(python, whole)).toBe(`import math\n\ndef help():\n    pass\n\n${whole}`)
  expect(programOf({ ...python, suffix: 'c' }, 'b')).toBe(`${python.prompt}bc`)
  expect(programOf(task, 'const add = (a, b) => a + b')).toBe('/** Adds. */\nconst add = (a, b) => a + b')
})

test('a report has pass@k as a mean over tasks, and what was not solved', () => {
  const sample = (id: string, sample: number, passed: boolean): EvalSample => ({
    task: id,
    sample,
    passed,
    ...(passed ? {} : { failure: 'Trace\nError: no' }),
    answer: '',
    usage: { input: 2, output: 3 },
    durationMs: 1,
  })
  const samples = [sample('add', 0, true), sample('add', 1, false), sample('plus', 0, false), sample('plus', 1, false)]
  const tasks = [task, { ...task, id: 'plus' }]
  const about = { dataset: 'd', model: 'm', sandbox: 's', seconds: 1, ks: [1, 2, 10] }
  const report = reportOf({ ...about, tasks, samples, known: {} })
  expect(report).toMatchObject({ solved: 1, samples: 2, passAtK: { 1: 0.25, 2: 0.5 }, usage: { input: 8, output: 12 } })
  expect(toMarkdown([report])).toContain('- plus: Error: no')
  expect(toMarkdown([reportOf({ ...about, tasks, samples, known: { plus: 'it asks for 3' } })])).toContain(
    '- plus: Error: no (its own solution fails: it asks for 3)',
  )
})

test('the calls of a test are read with their values', () => {
  const text =
    'var arg00 = [1,\n 2];\nvar arg01 = "a";\nvar x0 = f(arg00, arg01);\nvar v0 = null;\nif(!compare(x0, v0)){\n}'
  expect(callsOf(text)).toEqual([{ args: ['[1,\n 2]', '"a"'], value: 'null' }])
})

test('a mutant has one mistake', () => {
  const code = 'for (let i = 0; i < n; i++) if (a[i] === 2 && b) return Math.max(x, i - 1)'
  const mutants = mutantsOf(code)
  expect(mutants).toContain(code.replace('i < n', 'i <= n'))
  expect(mutants).toContain(code.replace('&&', '||'))
  expect(mutants).toContain(code.replace('i - 1', 'i + 1'))
  expect(mutants).toContain(code.replace('Math.max', 'Math.min'))
  expect(new Set([code, ...mutants]).size).toBe(mutants.length + 1)
  expect(mutants.every((mutant) => !mutant.includes('=>'))).toBe(true)
})

const noGain = missingDataset('mbxp-js') ?? missing.javascript
test.skipIf(noGain !== undefined)(
  `what verification gains is measured the same twice${noGain === undefined ? '' : ` (skipped: ${noGain})`}`,
  async () => {
    const out = folder()
    const options = { limit: 2, ps: [0.5], samples: [1, 6], timeMs: 10_000, out }
    const gains = await measureGain(options)
    expect(gains).toMatchObject({ tasks: 2, gains: [{ samples: 1 }, { samples: 6 }] })
    expect(gains.gains[1]?.right.tests).toBeGreaterThanOrEqual(gains.gains[0]?.right.tests as number)
    expect(await measureGain(options)).toEqual(gains)
    expect(toGainTable(gains)).toContain('| 50% | 6 |')
  },
  60_000,
)
