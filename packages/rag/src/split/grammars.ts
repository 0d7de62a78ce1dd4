import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { AnyModelError } from '@anymodel/core'
import type * as TreeSitter from '@vscode/tree-sitter-wasm'

/** Grammars by the names of languages that loaders give. What is written in C is C++, but for words that hardly anybody uses. */
const grammars: Readonly<Record<string, string>> = {
  javascript: 'javascript',
  typescript: 'typescript',
  tsx: 'tsx',
  python: 'python',
  go: 'go',
  java: 'java',
  rust: 'rust',
  c: 'cpp',
  cpp: 'cpp',
  csharp: 'c-sharp',
  php: 'php',
  ruby: 'ruby',
  shell: 'bash',
  powershell: 'powershell',
  css: 'css',
}

const packageName = '@vscode/tree-sitter-wasm'
const require = createRequire(import.meta.url)
let library: Promise<typeof TreeSitter | undefined> | undefined
const languages = new Map<string, Promise<TreeSitter.Language>>()

/** The parsers' package; `undefined` where it isn't installed. Loaded once. */
function treeSitter(): Promise<typeof TreeSitter | undefined> {
  library ??= import('@vscode/tree-sitter-wasm').then(
    async (module) => {
      // A CommonJS module: what it exports is its default.
      const found = module.default as unknown as typeof TreeSitter
      await found.Parser.init()
      return found
    },
    () => undefined,
  )
  return library
}

function grammar({ Language }: typeof TreeSitter, name: string): Promise<TreeSitter.Language> {
  const file = () => readFile(require.resolve(`${packageName}/wasm/tree-sitter-${name}.wasm`))
  const loading = languages.get(name) ?? file().then((bytes) => Language.load(bytes))
  languages.set(name, loading)
  return loading
}

/** A parser for a language, to be deleted after use; `undefined` where the language has no grammar here or the parsers' package is not installed. */
export async function parserFor(language: string): Promise<TreeSitter.Parser | undefined> {
  const name = Object.hasOwn(grammars, language) ? grammars[language] : undefined
  const found = name === undefined ? undefined : await treeSitter()
  if (name === undefined || found === undefined) return undefined
  const parser = new found.Parser()
  parser.setLanguage(await grammar(found, name))
  return parser
}

/** Throws `config` where the parsers' package is not installed. */
export async function needGrammars(): Promise<void> {
  if (await treeSitter()) return
  throw new AnyModelError('config', `Code is cut by grammar with ${packageName}: npm install ${packageName}`)
}
