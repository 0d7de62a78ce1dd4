import type { Json } from '@anymodel/core'
import type { TestProgram } from './code-tests.ts'
import { type Assembly, beside, type Candidate, type Program } from './program.ts'

const isModule = (text: string) => /^\s*(?:import\s*(?:[\w$*{'"]|\s)|export\s)/m.test(text) || /^await\s/m.test(text)
const solutionImport = /(?:from|import|require\()\s*\(?\s*['"]\.\/(solution(?:\.[cm]?[jt]s)?)['"]/

/** Modules have no `require` and no `module`; models and tests use them all the same. Stays on the first line, so that lines keep their numbers. */
function withCommonJs(text: string): string {
  const declares = (name: string) => new RegExp(String.raw`\b(?:const|let|var|function)\s+${name}\b`).test(text)
  const require = /\brequire\s*\(/.test(text) && !declares('require')
  const module = /\bmodule\.exports\b|^exports\./m.test(text) && !declares('module')
  const given = [
    require
      ? `import { createRequire as $createRequire } from 'node:module'; const require = $createRequire(import.meta.url); `
      : '',
    module ? 'const module = { exports: {} }; const exports = module.exports; ' : '',
  ]
  return given.join('') + text
}

/** What writes records, before anything of the code runs. */
const recorder = (mark: string) =>
  `const $write = console.log.bind(console), $text = JSON.stringify
globalThis[${JSON.stringify(mark)}] = (record) => $write('\\n' + ${JSON.stringify(mark)} + $text(record))
`

const say = (mark: string) => `globalThis[${JSON.stringify(mark)}]`

/** `node:test` tells by its hooks how each test went. */
const testHooks = (mark: string) =>
  `const { after, afterEach } = await import('node:test')
afterEach((test) => ${say(mark)}({ name: test.name, passed: test.passed ?? true, message: String(test.error?.cause?.message ?? test.error?.message ?? '').slice(0, 1000) }))
after(() => ${say(mark)}({ done: true }))
`

/** Values as JSON that tells apart what JSON has no words for. */
const plain = `const $plain = (key, value) =>
  typeof value === 'bigint' ? { $bigint: String(value) }
  : typeof value === 'number' && !Number.isFinite(value) ? { $number: String(value) }
  : typeof value === 'function' || typeof value === 'symbol' ? { $other: typeof value }
  : value instanceof Map ? { $map: [...value] }
  : value instanceof Set ? { $set: [...value] }
  : value
`

/** Programs in JavaScript, or in TypeScript whose types the sandbox takes away. */
export function javascriptAssembly(language: 'javascript' | 'typescript'): Assembly {
  const typed = language === 'typescript'
  const endingOf = (text: string) => (typed ? 'ts' : isModule(text) ? 'mjs' : 'cjs')
  const piece = (name: string, text: string) => {
    const ending = endingOf(text)
    return { path: `${name}.${ending}`, text: ending === 'cjs' ? text : withCommonJs(text) }
  }
  const main = (text: string) => ({ path: typed ? 'main.ts' : 'main.mjs', text })
  const kind = (text: string) => ({
    path: 'package.json',
    text: JSON.stringify({ type: typed || isModule(text) ? 'module' : 'commonjs' }),
  })

  /** TypeScript is imported by the name of the JavaScript that it becomes, too. */
  const solutionPath = (named: string) => {
    const [, name, ending = 'js'] = /^(.*?)(?:\.([cm]?[jt]s))?$/.exec(named) ?? []
    return `${name}.${typed ? ending.replace('js', 'ts') : ending}`
  }

  const tests = (code: Candidate, { text, files = [] }: TestProgram, mark: string): Program => {
    const named = solutionImport.exec(text)?.[1]
    const pieces =
      named === undefined
        ? [piece('program', `${code.code}\n${text}`)]
        : [piece('solution.test', text), { path: solutionPath(named), text: code.code }]
    const hooked = /['"](?:node:)?test['"]/.test(text)
    const start = `await import('./${pieces[0]?.path}')\n`
    const entry = main(
      `${recorder(mark)}${hooked ? testHooks(mark) : ''}${start}${hooked ? '' : `${say(mark)}({ done: true })\n`}`,
    )
    return { files: beside(code, [entry, ...pieces, kind(code.code), ...files]), entry: entry.path }
  }

  const calls = (code: Candidate, entryPoint: string, inputs: readonly (readonly Json[])[], mark: string): Program => {
    const program = piece('program', `${code.code}\n;${say(mark)}.calls = ${callsOf(entryPoint, inputs, mark)}`)
    const entry = main(
      `${recorder(mark)}await import('./${program.path}')\nawait ${say(mark)}.calls()\n${say(mark)}({ done: true })\n`,
    )
    return { files: beside(code, [entry, program, kind(code.code)]), entry: entry.path }
  }

  const script = (code: Candidate): Program => {
    const program = piece('program', code.code)
    return { files: beside(code, [program, kind(code.code)]), entry: program.path }
  }

  return { tests, calls, script }
}

/** Stands behind the code, where its names are known, exported or not. */
const callsOf = (entryPoint: string, inputs: readonly (readonly Json[])[], mark: string) => `async () => {
  ${plain}
  let call
  try { call = ${entryPoint} } catch {}
  try { call ??= module.exports.${entryPoint} ?? module.exports } catch {}
  for (const [index, input] of JSON.parse(${JSON.stringify(JSON.stringify(inputs))}).entries()) {
    try {
      if (typeof call !== 'function') throw new ReferenceError('There is no function ${entryPoint}.')
      const value = (await call(...input)) ?? null
      ${say(mark)}({ index, value: JSON.parse(JSON.stringify(value, $plain)) })
    } catch (error) {
      ${say(mark)}({ index, error: error?.name ?? typeof error, message: String(error?.message ?? error).slice(0, 1000) })
    }
  }
}
`
