import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type * as TreeSitter from '@vscode/tree-sitter-wasm'

/** What a parser says about code. */
export interface Syntax {
  /** The first place that doesn't parse. */
  readonly problem?: string
  /** The code's tokens and how they nest: the same for code that differs in white space and comments only. */
  readonly shape: string
}

/** Grammars by language. */
const grammars: Readonly<Record<string, string>> = {
  javascript: 'javascript',
  jsx: 'javascript',
  typescript: 'typescript',
  tsx: 'tsx',
  python: 'python',
  bash: 'bash',
  cpp: 'cpp',
  csharp: 'c-sharp',
  css: 'css',
  go: 'go',
  java: 'java',
  php: 'php',
  powershell: 'powershell',
  ruby: 'ruby',
  rust: 'rust',
}

const require = createRequire(import.meta.url)
const packageName = '@vscode/tree-sitter-wasm'
let library: Promise<typeof TreeSitter | undefined> | undefined
const languages = new Map<string, Promise<TreeSitter.Language>>()

/** The parsers' package; `undefined` where it isn't installed. Loaded once. */
function tree(): Promise<typeof TreeSitter | undefined> {
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

/** Whether a language has a grammar. */
export const hasGrammar = (language: string): boolean => Object.hasOwn(grammars, language)

/** Parses code without running it; `undefined` where there is no parser for its language or `@vscode/tree-sitter-wasm` is not installed. */
export async function syntaxOf(code: string, language: string): Promise<Syntax | undefined> {
  const name = grammars[language]
  const found = name === undefined ? undefined : await tree()
  if (name === undefined || found === undefined) return undefined
  const parser = new found.Parser()
  parser.setLanguage(await grammar(found, name))
  const parsed = parser.parse(code)
  try {
    if (parsed === null) return undefined
    const problem = problemIn(parsed.rootNode, code)
    return { ...(problem === undefined ? {} : { problem }), shape: shapeOf(parsed) }
  } finally {
    parsed?.delete()
    parser.delete()
  }
}

/** The first error, which is the innermost node that has it and no child with one. */
function problemIn(root: TreeSitter.Node, code: string): string | undefined {
  if (!root.hasError) return undefined
  let node = root
  for (let inner: TreeSitter.Node | null | undefined = node; inner; ) {
    node = inner
    inner = node.children.find((child) => child?.hasError || child?.isMissing)
  }
  const { row, column } = node.startPosition
  const line = (code.split('\n')[row] ?? '').trim().slice(0, 120)
  const what = node.isMissing ? `"${node.type}" is missing` : 'this does not parse'
  return `line ${row + 1}, column ${column + 1}: ${what}: ${line}`
}

/** Written with a cursor, since code of a model may nest deeper than a stack. */
function shapeOf(tree: TreeSitter.Tree): string {
  const cursor = tree.walk()
  const parts: string[] = []
  const enter = (): boolean => {
    if (cursor.nodeType === 'comment') return false
    if (cursor.gotoFirstChild()) {
      parts.push('(')
      return true
    }
    parts.push(cursor.nodeText, ' ')
    return false
  }
  for (let down = enter(); ; ) {
    if (down || cursor.gotoNextSibling()) down = enter()
    else if (cursor.gotoParent()) parts.push(')')
    else break
  }
  cursor.delete()
  return parts.join('')
}
