import { PathLines } from '../path-line.ts'
import type { EditParser, MakeParser } from './edit.ts'

const opens = /^<{5,9} SEARCH>?\s*$/
const divides = /^={5,9}\s*$/
const closes = /^>{5,9} REPLACE\s*$/

const width = (line: string): number => line.trim().split(' ', 1)[0]?.length ?? 0

/**
 * Blocks of `<<<<<<< SEARCH`, `=======`, `>>>>>>> REPLACE`, with the path of the file on the line before the block or before its fence, or as the first line in the fence. The lines are those of the
 * file; a divider is as long as the mark that opens its block, so that a file may hold shorter ones.
 */
export const parseSearchReplace: MakeParser = (paths, tell): EditParser => {
  const before = new PathLines(paths)
  let block: { path: string | undefined; lines: string[]; width: number; divider: number; twice: boolean } | undefined

  const problem = (message: string): void => {
    if (block) tell({ type: 'problem', message, source: block.lines.join('\n') })
    block = undefined
  }

  const close = (): void => {
    if (!block) return
    const { path, lines, divider, twice } = block
    const others = lines.flatMap((line, index) => (index > 0 && divides.test(line) ? [index] : []))
    const at = divider >= 0 ? divider : others.length === 1 ? (others[0] ?? -1) : -1
    if (path === undefined) return problem('No line before the block says which file it is for.')
    if (at < 0) return problem('The block has no line of = signs between the lines to find and the lines to write.')
    if (twice)
      return problem(
        'The block has two dividers. Where the text itself has such a line, use longer marks: nine signs each.',
      )
    const search = lines.slice(1, at)
    const replace = lines.slice(at + 1, -1)
    if (divider < 0) {
      tell({ type: 'start', path })
      for (const text of replace) tell({ type: 'delta', text })
    }
    tell({ type: 'edit', edit: { kind: 'replace', path, search, replace, source: lines.join('\n') } })
    block = undefined
  }

  return {
    line(text) {
      if (opens.test(text)) {
        if (block) problem('The block is not closed: a line >>>>>>> REPLACE is missing.')
        block = { path: before.take(), lines: [text], width: width(text), divider: -1, twice: false }
        return
      }
      if (!block) return before.add(text)
      block.lines.push(text)
      if (closes.test(text)) return close()
      if (divides.test(text) && width(text) === block.width) {
        block.twice = block.divider >= 0
        if (block.divider < 0) {
          block.divider = block.lines.length - 1
          if (block.path !== undefined) tell({ type: 'start', path: block.path })
          return
        }
      }
      if (block.divider >= 0 && block.path !== undefined) tell({ type: 'delta', text })
    },
    end: () => problem('The block is not closed: the answer ends in it.'),
  }
}
