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

/** The calls of a test: in JavaScript `var arg00 = ...; var x0 = f(arg00); var v0 = ...;`, in TypeScript `let actual_1 = f(...); let expected_1 = ...;`. */
export function callsOf(test: string): ExpectedCall[] {
  const typed = [...test.matchAll(/^let actual_(\d+) = \w+\((.*?)\);\nlet expected_\1 = (.*?);\nassert/gms)]
  if (typed.length > 0) return typed.map(([, , args = '', value = '']) => ({ args: [args], value }))
  const values = new Map<string, string>()
  for (const [, name, value] of test.matchAll(/^var ((?:arg|v)\d+) = (.*?);$(?=\n(?:var |if))/gms))
    values.set(name ?? '', value ?? '')
  return [...test.matchAll(/^var x(\d+) = [^(]*\((.*)\);$/gm)].map(([, index, names = '']) => ({
    args: names.split(',').flatMap((name) => (name.trim() === '' ? [] : [values.get(name.trim()) ?? 'undefined'])),
    value: values.get(`v${index}`) ?? 'undefined',
  }))
}

/** The body of a function that knows what the tests expect: it shows that a right answer passes, whatever the dataset's own solution is worth. */
function knowing(test: string, language: 'javascript' | 'typescript'): string {
  const type = language === 'typescript' ? ': any[]' : ''
  const table = callsOf(test).map(({ args, value }) => `[[${args.join(', ')}], ${value}]`)
  return `  const table${type} = [${table.join(', ')}]
  const { isDeepStrictEqual } = require('node:util')
  return table.find(([args]) => isDeepStrictEqual(args, [...arguments]))[1]
}
`
}

export function mxevalTask(
  row: MxevalRow,
  language: 'javascript' | 'typescript',
  files: readonly CodeFile[],
): EvalTask {
  const { canonical_solution: solution, test } = row
  return {
    id: row.task_id,
    language,
    prompt: row.prompt,
    entryPoint: row.entry_point,
    tests: { text: test, files },
    ...(solution === null ? {} : { solution }),
    expected: knowing(test, language),
  }
}
