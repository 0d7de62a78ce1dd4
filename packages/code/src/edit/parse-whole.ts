import { FenceReader } from '../fences.ts'
import type { EditParser, MakeParser } from './edit.ts'

/** Comments with which models leave out what they think is clear. */
const elision =
  /^\s*(?:\/\/|#|--|\/\*|<!--|\{\/\*)\s*(?:\.\.\.|…)?\s*(?:\(?\s*(?:the\s+)?(?:rest|remaining|existing|previous|other|same)\b.*\b(?:code|file|unchanged|same|here|remains?|methods?|functions?|content|implementation|before|above)\b|\.\.\.\s*(?:\*\/|-->)?\s*$)/i

/** Whether a line stands for lines that were left out. */
export const isElision = (line: string): boolean => elision.test(line)

/** Whole files in fences, each with its path on the line before, or behind the language of the fence. */
export const parseWhole: MakeParser = (paths, tell): EditParser => {
  const unnamed: string[][] = []
  let edits = 0
  const reader = new FenceReader(paths, {
    start({ path }) {
      if (path !== undefined) tell({ type: 'start', path })
    },
    line(text, { path }) {
      if (path !== undefined) tell({ type: 'delta', text })
    },
    end({ path, lines }) {
      if (path === undefined) unnamed.push(lines)
      else tell({ type: 'edit', edit: { kind: 'whole', path, lines, source: `${path}\n${lines.join('\n')}` } })
      if (path !== undefined) edits++
    },
  })
  return {
    line: (text) => reader.line(text),
    end() {
      const open = reader.end()
      if (open?.path !== undefined) {
        edits++
        tell({
          type: 'problem',
          message: 'The file is not whole: the answer ends in it.',
          source: open.lines.join('\n'),
        })
      }
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
