import { PathLines, pathIn } from './path-line.ts'

/** A fenced block of an answer. */
export interface Fence {
  /** From the line before it, or from behind its language (```` ```ts src/a.ts ````). */
  readonly path: string | undefined
  /** What stands behind the fence, such as `ts`. */
  readonly language: string | undefined
  readonly lines: string[]
}

/** What is told of fences as an answer is read. */
export interface FenceEvents {
  start(fence: Fence): void
  line(text: string, fence: Fence): void
  end(fence: Fence): void
}

/** Finds fenced blocks in an answer, a line at a time. A fence ends at a fence that is at least as long, so that a longer one may have shorter ones in it. */
export class FenceReader {
  readonly #paths: readonly string[]
  readonly #before: PathLines
  readonly #tell: FenceEvents
  #open: { readonly mark: string; readonly indent: string; readonly fence: Fence } | undefined

  /** `paths`: files that are known, which a line may name shortly. */
  constructor(paths: readonly string[], tell: FenceEvents) {
    this.#paths = paths
    this.#before = new PathLines(paths)
    this.#tell = tell
  }

  line(text: string): void {
    if (!this.#open) return this.#outside(text)
    const { mark, indent, fence } = this.#open
    const bare = text.trim()
    if (bare.length >= mark.length && bare === mark.charAt(0).repeat(bare.length)) {
      this.#open = undefined
      return this.#tell.end(fence)
    }
    const line = indent !== '' && text.startsWith(indent) ? text.slice(indent.length) : text
    fence.lines.push(line)
    this.#tell.line(line, fence)
  }

  /** The answer is over: the block that was not closed, if there is one. */
  end(): Fence | undefined {
    const open = this.#open?.fence
    this.#open = undefined
    return open
  }

  #outside(text: string): void {
    const [, indent = '', mark, info = ''] = /^(\s*)(`{3,}|~{3,})([^`]*)$/.exec(text) ?? []
    if (mark === undefined) return this.#before.add(text)
    const [language, ...words] = info.trim().split(/[\s:]+/)
    const named = words.map((word) => pathIn(word.replace(/^(?:file|path|title|filename)=/, ''), this.#paths))
    const fence = {
      path: named.find((path) => path !== undefined) ?? this.#before.named(),
      language: language || undefined,
      lines: [],
    }
    this.#open = { mark, indent, fence }
    this.#tell.start(fence)
  }
}
