/** Joins lines to messages: a backslash at the end of a line goes on with the next one, `"""` opens a block and closes it. */
export interface MessageLines {
  /** Takes a line; gives the message that it completes. */
  add(line: string): string | undefined
  /** What is left when no more lines come. */
  rest(): string | undefined
  /** True while a message goes on. */
  readonly open: boolean
  /** Forgets the message that goes on. */
  clear(): void
}

const fence = '"""'

export function messageLines(): MessageLines {
  let lines: string[] = []
  let block = false
  const finish = (): string => {
    const message = lines.join('\n')
    lines = []
    block = false
    return message
  }
  return {
    get open() {
      return block || lines.length > 0
    },
    add(line) {
      if (block) return addToBlock(line)
      const trimmed = line.trimStart()
      if (lines.length === 0 && trimmed.startsWith(fence)) {
        block = true
        return addToBlock(trimmed.slice(fence.length))
      }
      if (line.endsWith('\\')) {
        lines.push(line.slice(0, -1))
        return undefined
      }
      lines.push(line)
      return finish()
    },
    rest: () => (lines.length > 0 ? finish() : undefined),
    clear: () => void finish(),
  }

  function addToBlock(line: string): string | undefined {
    const end = line.trimEnd().endsWith(fence)
    const text = end ? line.trimEnd().slice(0, -fence.length) : line
    // The lines of the fences themselves are empty when nothing else stands on them.
    if (text !== '' || (!end && lines.length > 0)) lines.push(text)
    return end ? finish() : undefined
  }
}
