import type { EditParser, HunkLine, MakeParser } from './edit.ts'

/** A path in a header, without the `a/` and `b/` of git and what tools write behind a tab. */
function pathOf(header: string, paths: readonly string[]): string {
  const path = header.slice(4).split('\t', 1)[0]?.trim() ?? ''
  const bare = path.replace(/^[ab]\//, '')
  return paths.includes(path) || path === '/dev/null' ? path : bare
}

/** Unified diffs, in fences or not. Line numbers are not read: models can't count. A hunk ends at the next `@@`, file or fence; a fence that is not closed leaves its last hunk out. */
export const parseUdiff: MakeParser = (paths, tell): EditParser => {
  let from: string | undefined
  let path: string | undefined
  let hunk: { lines: HunkLine[]; source: string[] } | undefined
  let fenced = false

  const close = (): void => {
    const ended = hunk
    hunk = undefined
    if (!ended) return
    // Blank lines behind a hunk belong to the text around the diff.
    while (ended.lines.at(-1)?.op === ' ' && ended.source.at(-1) === '') {
      ended.lines.pop()
      ended.source.pop()
    }
    if (!ended.lines.some(({ op }) => op !== ' ')) return
    const source = [`--- ${from ?? path}`, `+++ ${path ?? from}`, ...ended.source].join('\n')
    const target = path === '/dev/null' ? from : path
    if (target === undefined || target === '/dev/null')
      return tell({ type: 'problem', message: 'The diff has no +++ line that says which file it is for.', source })
    const added = ended.lines.filter(({ op }) => op === '+').map(({ text }) => text)
    tell({ type: 'start', path: target })
    for (const text of added) tell({ type: 'delta', text })
    if (path === '/dev/null') return tell({ type: 'edit', edit: { kind: 'delete', path: target, source } })
    if (from === '/dev/null')
      return tell({ type: 'edit', edit: { kind: 'create', path: target, lines: added, source } })
    tell({ type: 'edit', edit: { kind: 'hunk', path: target, lines: ended.lines, source } })
  }

  return {
    line(text) {
      const minus = text.startsWith('--- ')
      // A line that was taken away may begin with `-- `: a header is followed by another.
      if (minus && (!hunk || /^--- (?:[ab]\/|\/dev\/null)/.test(text) || paths.includes(pathOf(text, paths)))) {
        close()
        from = pathOf(text, paths)
        path = undefined
        return
      }
      if (text.startsWith('+++ ') && !hunk && from !== undefined && path === undefined) {
        path = pathOf(text, paths)
        return
      }
      if (text.startsWith('@@')) {
        close()
        hunk = { lines: [], source: [text] }
        return
      }
      if (/^\s*```/.test(text) && !/^[ +-]/.test(text)) {
        close()
        fenced = !fenced
        return
      }
      if (!hunk) {
        if (path === undefined || !/^[-+ ]/.test(text)) return
        hunk = { lines: [], source: [] }
      }
      if (text.startsWith('\\ No newline')) return
      const op = text.charAt(0)
      hunk.source.push(text)
      if (op === ' ' || op === '-' || op === '+') hunk.lines.push({ op, text: text.slice(1) })
      else if (text === '') hunk.lines.push({ op: ' ', text: '' })
      else {
        hunk.source.pop()
        close()
      }
    },
    end() {
      if (!fenced || !hunk) return close()
      tell({
        type: 'problem',
        message: 'The diff is not closed: its fence has no end.',
        source: hunk.source.join('\n'),
      })
      hunk = undefined
    },
  }
}
