import type { CodeFile } from '@anymodel/core'
import type { CheckedRun } from './checked-run.ts'

const extensions: Readonly<Record<string, string>> = { ts: 'js', mts: 'mjs', cts: 'cjs' }

/** Where a file's JavaScript is: `a.ts` becomes `a.js`. `undefined` for a file without types to strip. */
function stripped(path: string): string | undefined {
  const [, name, extension = ''] = /^(.*)\.([cm]?ts)$/.exec(path) ?? []
  return name === undefined ? undefined : `${name}.${extensions[extension]}`
}

/** The same program in JavaScript: types are stripped and imports follow the files' new names. Types are not checked. `error` says where a file can't be read. */
export async function stripTypes(run: CheckedRun): Promise<CheckedRun | { readonly error: string }> {
  const [{ transformSync }, { init, parse }] = await Promise.all([import('amaro'), import('es-module-lexer')])
  await init
  const files: CodeFile[] = []
  for (const file of run.files) {
    const path = stripped(file.path)
    if (path === undefined || /\.d\.[cm]?ts$/.test(file.path)) {
      files.push(file)
      continue
    }
    try {
      const { code } = transformSync(file.text, { mode: 'transform', filename: file.path, sourceMap: false })
      files.push({ path, text: followImports(code, file.path, run.files, parse) })
    } catch (error) {
      return { error: `${file.path}: ${messageOf(error)}\n` }
    }
  }
  return { ...run, language: 'javascript', files, entry: stripped(run.entry) ?? run.entry }
}

const messageOf = (error: unknown): string =>
  typeof (error as { message?: unknown } | undefined)?.message === 'string'
    ? (error as { message: string }).message
    : String(error)

type Parse = typeof import('es-module-lexer').parse

/** Puts the names of the stripped files in the place of those that are imported, with or without an extension. */
function followImports(code: string, from: string, files: readonly CodeFile[], parse: Parse): string {
  let text = ''
  let end = 0
  for (const found of parse(code, from)[0]) {
    if (!('specifier' in found) || !found.specifier?.startsWith('.')) continue
    const target = targetOf(found.specifier, from, files)
    if (target === undefined) continue
    // A dynamic import's place includes the quotes.
    text += code.slice(end, found.start) + (found.type === 'dynamic' ? JSON.stringify(target) : target)
    end = found.end
  }
  return text + code.slice(end)
}

function targetOf(specifier: string, from: string, files: readonly CodeFile[]): string | undefined {
  const path = new URL(specifier, `file:///${from}`).pathname.slice(1)
  const names = [path, `${path}.ts`, `${path}/index.ts`]
  const found = names.find((name) => stripped(name) !== undefined && files.some((file) => file.path === name))
  if (found === undefined) return undefined
  const suffix = found.slice(path.length)
  return stripped(specifier + suffix)
}
