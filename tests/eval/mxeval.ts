import type { CodeFile } from '@anymodel/core'
import type { EvalTask } from './task.ts'

/** A task of MBXP or of HumanEval in another language, as it stands in the dataset. */
export interface MxevalRow {
  readonly task_id: string
  readonly prompt: string
  readonly entry_point: string
  readonly test: string
  readonly canonical_solution: string | null
}

/** A call in the tests with what must come out, as source text. */
export interface ExpectedCall {
  readonly args: readonly string[]
  readonly value: string
}

/** The calls of a test in JavaScript, which says `var arg00 = ...; var x0 = f(arg00); var v0 = ...;`. */
export function callsOf(test: string): ExpectedCall[] {
  const values = new Map<string, string>()
  for (const [, name, value] of test.matchAll(/^var ((?:arg|v)\d+) = (.*?);$(?=\n(?:var |if))/gms))
    values.set(name ?? '', value ?? '')
  return [...test.matchAll(/^var x(\d+) = [^(]*\((.*)\);$/gm)].map(([, index, names = '']) => ({
    args: names.split(',').flatMap((name) => (name.trim() === '' ? [] : [values.get(name.trim()) ?? 'undefined'])),
    value: values.get(`v${index}`) ?? 'undefined',
  }))
}

/** The body of a function that knows what the tests expect: it shows that a right answer passes where the dataset has none. */
function knowing(test: string): string {
  const table = callsOf(test).map(({ args, value }) => `[[${args.join(', ')}], ${value}]`)
  return `  const table = [${table.join(', ')}]
  const asked = JSON.stringify([...arguments])
  return table.find(([args]) => JSON.stringify(args) === asked)[1]
}
`
}

export function mxevalTask(
  row: MxevalRow,
  language: 'javascript' | 'typescript',
  files: readonly CodeFile[],
): EvalTask {
  const { canonical_solution: canonical, test } = row
  const solution =
    canonical !== null
      ? { text: canonical, from: 'dataset' as const }
      : language === 'javascript'
        ? { text: knowing(test), from: 'tests' as const }
        : undefined
  return {
    id: row.task_id,
    language,
    prompt: row.prompt,
    entryPoint: row.entry_point,
    tests: { text: test, files },
    ...(solution === undefined ? {} : { solution }),
  }
}
