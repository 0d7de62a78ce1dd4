import type { Chunk, EditParser, HunkLine, MakeParser } from './edit.ts'

interface OpenFile {
  readonly action: 'Update' | 'Add' | 'Delete'
  readonly path: string
  to?: string
  readonly chunks: { scope: string[]; lines: HunkLine[]; atEnd: boolean }[]
  readonly added: string[]
  readonly source: string[]
}

/**
 * Patches between `*** Begin Patch` and `*** End Patch`, the format that the models of OpenAI were trained on. A file is an edit once the next one begins or the patch ends; a patch that is not closed
 * leaves its last file out.
 */
export const parseV4a: MakeParser = (_paths, tell): EditParser => {
  let inside = false
  let file: OpenFile | undefined

  const problem = (message: string): void => {
    if (file) tell({ type: 'problem', message, source: file.source.join('\n') })
    file = undefined
  }

  const close = (): void => {
    const ended = file
    file = undefined
    if (!ended) return
    const { action, path, to, added } = ended
    const source = ended.source.join('\n')
    if (action === 'Delete') return tell({ type: 'edit', edit: { kind: 'delete', path, source } })
    if (action === 'Add') return tell({ type: 'edit', edit: { kind: 'create', path, lines: added, source } })
    const chunks: Chunk[] = ended.chunks.filter(({ lines }) => lines.some(({ op }) => op !== ' '))
    if (chunks.length === 0 && to === undefined)
      return tell({ type: 'problem', message: 'The patch changes no line of the file.', source })
    tell({ type: 'edit', edit: { kind: 'patch', path, chunks, ...(to === undefined ? {} : { to }), source } })
  }

  const content = (open: OpenFile, text: string): void => {
    if (open.action === 'Delete')
      return text.trim() === '' ? undefined : problem('A file that is deleted has no lines.')
    if (open.action === 'Add') {
      if (!text.startsWith('+'))
        return text.trim() === '' ? undefined : problem('Every line of a new file begins with +.')
      open.added.push(text.slice(1))
      return tell({ type: 'delta', text: text.slice(1) })
    }
    let chunk = open.chunks.at(-1)
    if (text.startsWith('@@')) {
      const scope = text.slice(2).trim()
      if (!chunk || chunk.lines.length > 0) open.chunks.push((chunk = { scope: [], lines: [], atEnd: false }))
      if (scope !== '' && scope !== '@@') chunk.scope.push(scope)
      return
    }
    if (!chunk || chunk.atEnd) open.chunks.push((chunk = { scope: [], lines: [], atEnd: false }))
    if (text === '*** End of File') chunk.atEnd = true
    else if (text === '') chunk.lines.push({ op: ' ', text: '' })
    else if (/^[-+ ]/.test(text)) {
      const op = text.charAt(0) as HunkLine['op']
      chunk.lines.push({ op, text: text.slice(1) })
      if (op === '+') tell({ type: 'delta', text: text.slice(1) })
    } else problem(`A line of a patch begins with a space, - or +, not with "${text.slice(0, 20)}".`)
  }

  return {
    line(text) {
      if (/^\*\*\* Begin Patch\s*$/.test(text)) {
        inside = true
        return
      }
      if (!inside) return
      const end = /^\*\*\* End Patch\s*$/.test(text)
      const header = /^\*\*\* (Update|Add|Delete) File: (.*\S)/.exec(text)
      if (end || header) close()
      if (end) inside = false
      if (header) {
        const [, action, path] = header as unknown as [string, OpenFile['action'], string]
        file = { action, path, chunks: [], added: [], source: [text] }
        return tell({ type: 'start', path })
      }
      if (end || !file) return
      file.source.push(text)
      const move = /^\*\*\* Move to: (.*\S)/.exec(text)?.[1]
      if (move !== undefined) file.to = move
      else content(file, text)
    },
    end: () => problem('The patch is not closed: *** End Patch is missing.'),
  }
}
