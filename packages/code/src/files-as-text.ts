import type { CodeFile } from '@anymodel/core'

/** A text in a fence that is longer than any in it. */
export function fenced(text: string): string {
  const longest = Math.max(2, ...(text.match(/`{3,}/g) ?? []).map((run) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}\n${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${fence}`
}

/** Files as a model reads them: each path on a line before its fence. */
export const filesAsText = (files: readonly CodeFile[]): string =>
  files.map(({ path, text }) => `${path}\n${fenced(text)}`).join('\n\n')
