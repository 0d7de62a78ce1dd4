import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { AnyModelError } from '@anymodel/core'

const variable = /\$\{([^}\n]*)\}/g

/** True when a text holds `${...}`. */
export const hasVariable = (text: string): boolean => text.search(variable) >= 0

/** The names of the environment variables that a text needs and that are not set. */
export const missingVariables = (text: string): string[] =>
  [...text.matchAll(variable)].flatMap(([, inner = '']) => (isName(inner) && !process.env[inner] ? [inner] : []))

export interface ExpandContext {
  /** Who needs the value, such as `Role chat needs providers.claude.apiKey`. */
  readonly needed: string
  /** Folder that `${file:path}` is relative to. */
  readonly dir: string
}

/** Puts values in place of `${VAR}`, `${VAR:-default}` and `${file:path}`. An empty variable counts as one that is not set. Throws `config` that says what is missing and who needs it. */
export function expand(text: string, context: ExpandContext): string {
  return text.replace(variable, (whole, inner: string) => {
    if (inner.startsWith('file:')) return readSecret(inner.slice('file:'.length), context)
    const [name = '', ...rest] = inner.split(':-')
    if (!isName(name))
      throw wrong(context, `${whole} is not a variable. Write \${NAME}, \${NAME:-default} or \${file:path}.`)
    const value = process.env[name] || (rest.length > 0 ? rest.join(':-') : undefined)
    if (value === undefined)
      throw wrong(
        context,
        `the environment variable ${name} is not set. Set it, or give a default: \${${name}:-default}.`,
      )
    return value
  })
}

const isName = (name: string): boolean => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)

const wrong = ({ needed }: ExpandContext, problem: string, cause?: unknown): AnyModelError =>
  new AnyModelError('config', `${needed}, but ${problem}`, { cause })

function readSecret(path: string, context: ExpandContext): string {
  const file = resolve(context.dir, path)
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw wrong(context, `the file ${file} can't be read (${code}).`, cause)
  }
}
