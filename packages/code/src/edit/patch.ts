import { AnyModelError, type CodeFile } from '@anymodel/core'
import { createTwoFilesPatch } from 'diff'
import { checkPath } from './path-safety.ts'

/** A change of one file, from one whole text to another. `null`: there is no such file. */
export interface FileChange {
  readonly path: string
  readonly before: string | null
  readonly after: string | null
}

/** Changes of files, each at most once. Plain JSON: it can be kept, shown, applied and reversed. */
export interface Patch {
  readonly changes: readonly FileChange[]
}

/** The patch that takes a patch back. */
export const reversePatch = ({ changes }: Patch): Patch => ({
  changes: changes.map(({ path, before, after }) => ({ path, before: after, after: before })),
})

/**
 * The files with a patch applied: those that it does not name stay as they are, new ones come last. Throws `invalid-argument`, with a line per file in `issues`, when a file is not what it was when the
 * patch was made.
 */
export function applyPatch({ changes }: Patch, files: readonly CodeFile[]): CodeFile[] {
  const texts = new Map(files.map(({ path, text }) => [path, text]))
  const issues = changes.flatMap(({ path, before }) => {
    checkPath(path)
    return (texts.get(path) ?? null) === before ? [] : [{ path, message: conflict(before, texts.get(path)) }]
  })
  if (issues.length > 0) throw conflicts(issues)
  for (const { path, after } of changes) {
    if (after === null) texts.delete(path)
    else texts.set(path, after)
  }
  return [...texts].map(([path, text]) => ({ path, text }))
}

/** What is wrong with a file that is not what a patch expects. */
export function conflict(before: string | null, now: string | undefined): string {
  if (before === null) return 'is there, and should not be yet.'
  return now === undefined ? 'is not there.' : 'has changed since the patch was made.'
}

/** The error for files that are not what a patch expects. */
export const conflicts = (issues: readonly { readonly path: string; readonly message: string }[]): AnyModelError =>
  new AnyModelError(
    'invalid-argument',
    `The patch does not fit, nothing was changed: ${issues.map(({ path, message }) => `${path} ${message}`).join(' ')}`,
    { issues },
  )

/** Texts that differ in more lines are shown as one that goes and one that comes: finding what they share takes too long. */
const maxEditLength = 1_000

/** A text that goes and one that comes, as a diff. */
function replaced(from: string, to: string, before: string, after: string): string {
  const [old, fresh] = [before, after].map((text) => (text === '' ? [] : text.split(/(?<=\n)/))) as [string[], string[]]
  const lines = (sign: string, texts: readonly string[]) =>
    texts.map((text) => `${sign}${text}${text.endsWith('\n') ? '' : '\n\\ No newline at end of file\n'}`).join('')
  const range = (texts: readonly string[]) => (texts.length === 0 ? '0,0' : `1,${texts.length}`)
  return `--- ${from}\n+++ ${to}\n@@ -${range(old)} +${range(fresh)} @@\n${lines('-', old)}${lines('+', fresh)}`
}

/** A patch as a unified diff, for people and for `git apply`. `context`: lines around each change, default 3. */
export function toDiff({ changes }: Patch, { context = 3 }: { readonly context?: number } = {}): string {
  return changes
    .map(({ path, before, after }) => {
      const from = before === null ? '/dev/null' : `a/${path}`
      const to = after === null ? '/dev/null' : `b/${path}`
      const options = { context, maxEditLength }
      const diff = createTwoFilesPatch(from, to, before ?? '', after ?? '', undefined, undefined, options)
      return diff?.replace(/^=+\n/, '') ?? replaced(from, to, before ?? '', after ?? '')
    })
    .join('')
}
