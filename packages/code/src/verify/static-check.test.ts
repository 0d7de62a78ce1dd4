import { expect, test } from 'vitest'
import { checkSyntax } from './static-check.ts'
import { syntaxOf } from './syntax.ts'
import { typeProblem } from './type-check.ts'

const problemOf = async (language: string, code: string) => {
  const { problem } = await checkSyntax(code, language)
  if (problem !== undefined || (language !== 'typescript' && language !== 'javascript')) return problem
  return (await typeProblem(code, language, undefined)) || undefined
}

test.each([
  ['javascript', 'const a = 1\nconst a = 2', /line \d.*a/],
  ['javascript', 'function f( {', /line 1/],
  ['typescript', 'export const f = (a: string): number => a', /not assignable.*TS2322/],
  ['typescript', 'export const f = (a: string) => a.lenght', /TS2551/],
  ['python', 'def f(:\n    return 1', /line 1/],
  ['python', 'print "a" +', /line 1/],
  ['json', '{"a": }', /JSON/],
  ['sql', 'SELECT FROM WHERE', /PostgreSQL/],
  ['javascript', '   ', /no code/],
])('in %s, %j is found wrong without running it', async (language, code, problem) => {
  expect(await problemOf(language, code)).toMatch(problem)
})

test.each([
  ['javascript', "const fs = require('fs')\nx = process.argv.length\nmodule.exports = { fs }"],
  [
    'typescript',
    "import { readFileSync } from 'node:fs'\nimport z from 'zod'\nexport const f = (p: string) => Buffer.from(readFileSync(p))",
  ],
  ['typescript', 'export function f(a) { let b = null; b = a.x; return b }'],
  [
    'python',
    'async def f(*, a: int = 1) -> list[int]:\n    match a:\n        case 1:\n            return [x async for x in a]\n',
  ],
  ['sql', 'WITH a AS (SELECT 1 AS n) SELECT n, count(*) FROM a GROUP BY n ORDER BY 2 DESC LIMIT 3'],
  ['rust', 'fn main() { println!("{}", 1); }'],
])('right %s is right', async (language, code) => {
  expect(await problemOf(language, code)).toBeUndefined()
  expect((await checkSyntax(code, language)).notes).toEqual([])
})

test.each([
  ['python', 'def f(a):\n    # why\n    return  [a,1]\n', 'def f( a ):\n  return [a, 1]', true],
  ['python', 'if a:\n    b()\n    c()\n', 'if a:\n    b()\nc()\n', false],
  ['javascript', 'const a = "x  y" // one', 'const a="x  y"', true],
  ['javascript', 'const a = "x y"', 'const a = "x  y"', false],
  ['json', '{"a":1}', '{ "a": 1 }', true],
])('%s: %j and %j are the same code: %s', async (language, one, other, same) => {
  const [a, b] = [await checkSyntax(one, language), await checkSyntax(other, language)]
  expect(a.fingerprint === b.fingerprint).toBe(same)
})

test('code that nests deeply takes neither the stack nor long', async () => {
  for (const code of [`x = ${'['.repeat(50_000)}${']'.repeat(50_000)}`, '('.repeat(100_000), `${'{'.repeat(90_000)}`])
    expect(await syntaxOf(code, 'python')).toBeDefined()
  expect((await checkSyntax('x = 1\n'.repeat(50_000), 'python')).problem).toContain('longer than')
})

test('types are checked without reading any other file', async () => {
  const code =
    '/// <reference path="/etc/passwd" />\nimport { a } from "../../../secret.ts"\nexport const b: number = a'
  expect(await problemOf('typescript', code)).toBeUndefined()
})
