/** No longer line is looked at: no path is as long. */
const longest = 1_000

/** The path that a line says, without what models put around it: `### src/a.ts`, `**src/a.ts**:`, `// src/a.ts`. `undefined` for prose. */
export function pathIn(line: string, paths: readonly string[]): string | undefined {
  if (line.length > longest) return undefined
  const bare = line
    .trim()
    .replace(/^(?:#+|\/\/|<!--|--|\*\*?|File:|Path:)\s*/i, '')
    .replace(/\s*(?:-->)?$/, '')
    .replace(/^[`"'*]+|[`"'*:]+$/g, '')
    .replace(/[`"'*:]+$/, '')
    .replace(/^\.\//, '')
    .trim()
  if (paths.includes(bare)) return bare
  const ends = paths.filter((path) => path.endsWith(`/${bare}`))
  if (ends.length === 1 && bare !== '') return ends[0]
  return /^[^\s`<>"'|*?]*(?:\/[^\s/`<>"'|*?]+|\w\.[A-Za-z0-9]+)$/.test(bare) && !/^\w+:/.test(bare) ? bare : undefined
}

/** Remembers the lines that may name the file of the next block. */
export class PathLines {
  readonly #paths: readonly string[]
  #recent: string[] = []
  #last: string | undefined

  constructor(paths: readonly string[]) {
    this.#paths = paths
  }

  add(line: string): void {
    if (line.trim() === '' || /^\s*[`~]{3,}/.test(line)) return
    this.#recent = [...this.#recent.slice(-1), line]
  }

  /** The path that the lines before a block say. */
  named(): string | undefined {
    const named = this.#recent.map((line) => pathIn(line, this.#paths)).findLast((path) => path !== undefined)
    this.#recent = []
    return named
  }

  /** The path for a block that begins here: of the lines before it, else the one of the block before, else the only file there is. */
  take(): string | undefined {
    const named = this.named()
    this.#last = named ?? this.#last ?? (this.#paths.length === 1 ? this.#paths[0] : undefined)
    return this.#last
  }
}
