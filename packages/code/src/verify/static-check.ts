import { createHash } from 'node:crypto'
import { hasGrammar, syntaxOf } from './syntax.ts'

/** What is known about code without running it. */
export interface StaticCheck {
  /** Why it can't be right. */
  readonly problem?: string
  /** The same for code that differs in white space and comments only. */
  readonly fingerprint: string
  /** Checks that could not be made. */
  readonly notes: readonly string[]
}

/** Parsers keep a node per token: an answer that is longer is no program. */
const longest = 200_000
/** The SQL parser's time grows faster than the text. */
const longestSql = 10_000

/** Parses code, where the package for its language is installed; runs nothing. */
export async function checkSyntax(code: string, language: string): Promise<StaticCheck> {
  if (code.trim() === '') return { problem: 'There is no code in the answer.', fingerprint: '', notes: [] }
  if (code.length > longest)
    return { problem: `The code is longer than ${longest} characters.`, fingerprint: hash(code), notes: [] }
  if (language === 'json') return checkJson(code)
  if (language === 'sql') return checkSql(code)
  const syntax = await syntaxOf(code, language)
  const fingerprint = hash(syntax?.shape ?? code.trim().replace(/[ \t]+$/gm, ''))
  const missing = syntax === undefined && hasGrammar(language)
  const notes = missing ? [`Not parsed: install @vscode/tree-sitter-wasm to check ${language} before it runs.`] : []
  return { ...(syntax?.problem === undefined ? {} : { problem: syntax.problem }), fingerprint, notes }
}

function checkJson(code: string): StaticCheck {
  try {
    return { fingerprint: hash(JSON.stringify(JSON.parse(code))), notes: [] }
  } catch (error) {
    return { problem: (error as Error).message, fingerprint: hash(code), notes: [] }
  }
}

async function checkSql(code: string): Promise<StaticCheck> {
  const parser = await import('pgsql-ast-parser').catch(() => undefined)
  if (parser === undefined)
    return { fingerprint: hash(code), notes: ['Not parsed: install pgsql-ast-parser to check sql.'] }
  if (code.length > longestSql)
    return { fingerprint: hash(code), notes: [`Not parsed: longer than ${longestSql} characters.`] }
  try {
    return { fingerprint: hash(JSON.stringify(parser.parse(code))), notes: [] }
  } catch (error) {
    const [first = ''] = (error as Error).message.split('\n', 1)
    return { problem: `Not SQL as PostgreSQL has it: ${first.slice(0, 300)}`, fingerprint: hash(code), notes: [] }
  }
}

const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16)
