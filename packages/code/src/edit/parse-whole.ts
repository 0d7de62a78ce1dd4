import type { EditParser, MakeParser } from './edit.ts'
import { PathLines, pathIn } from './path-line.ts'

/** Comments with which models leave out what they think is clear. */
const elision =
  /^\s*(?:\/\/|#|--|\/\*|<!--|\{\/\*)\s*(?:\.\.\.|…)?\s*(?:\(?\s*(?:the\s+)?(?:rest|remaining|existing|previous|other|same)\b.*\b(?:code|file|unchanged|same|here|remains?|methods?|functions?|content|implementation|before|above)\b|\.\.\.\s*(?:\*\/|-->)?\s*$)/i

/** Whether a line stands for lines that were left out. */
export const isElision = (line: string): boolean => elision.test(line)

/** Whole files in fences, each with its path on the line before, or behind the language of the fence (```` ```ts src/a.ts ````). A fence ends at a fence that is at least as long. */
export const parseWhole: MakeParser = (paths, tell): EditParser => {
  const before = new PathLines(paths)
  const unnamed: string[][] = []
  let edits = 0
  let block: { path: string | undefined; fence: string; indent: string; lines: string[] } | undefined
  return {
    line(text) {
      if (!block) {
        const [, indent, fence, info] = /^(\s*)(`{3,}|~{3,})(.*)$/.exec(text) ?? []
        if (fence === undefined) return before.add(text)
        const words = info?.trim().split(/[\s:]+/) ?? []
        const named = words.slice(1).map((word) => pathIn(word.replace(/^(?:file|path|title)=/, ''), paths))
        const path = named.find((word) => word !== undefined) ?? before.named()
        block = { path, fence, indent: indent ?? '', lines: [] }
        if (path !== undefined) tell({ type: 'start', path })
        return
      }
      const { path, fence, indent, lines } = block
      const closing = text.trim()
      if (closing.length >= fence.length && closing === fence.charAt(0).repeat(closing.length)) {
        block = undefined
        if (path === undefined) {
          unnamed.push(lines)
          return
        }
        edits++
        const source = `${path}\n${fence}\n${lines.join('\n')}\n${fence}`
        return tell({ type: 'edit', edit: { kind: 'whole', path, lines, source } })
      }
      const line = indent !== '' && text.startsWith(indent) ? text.slice(indent.length) : text
      lines.push(line)
      if (path !== undefined) tell({ type: 'delta', text: line })
    },
    end() {
      if (block?.path !== undefined) {
        edits++
        tell({
          type: 'problem',
          message: 'The file is not whole: the answer ends in it.',
          source: block.lines.join('\n'),
        })
      }
      block = undefined
      const [path, ...others] = paths
      const [lines, ...more] = unnamed
      // A fence without a path is a sample, except where one file was shown and one fence came.
      if (edits > 0 || path === undefined || others.length > 0 || lines === undefined || more.length > 0) return
      tell({ type: 'start', path })
      for (const text of lines) tell({ type: 'delta', text })
      tell({ type: 'edit', edit: { kind: 'whole', path, lines, source: lines.join('\n') } })
    },
  }
}
