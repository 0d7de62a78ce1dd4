const closers: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' }

/** Counts brackets in code as it comes, without a parser: quotes that end on their line and comments are passed over. */
export class Brackets {
  /** Opened here and not closed, innermost last. */
  readonly open: string[] = []
  /** Closed here and opened before. */
  closed = 0
  readonly #hash: boolean
  #quote: string | undefined
  #comment: '//' | '/*' | undefined
  #previous = ''

  /** `hash`: `#` begins a comment. */
  constructor(hash: boolean) {
    this.#hash = hash
  }

  /** Takes the next character; true when it closes what was not opened here. */
  add(character: string): boolean {
    const previous = this.#previous
    this.#previous = previous === '\\' && this.#quote ? '' : character
    if (this.#comment) {
      if (this.#comment === '//' ? character === '\n' : previous === '*' && character === '/') this.#comment = undefined
      return false
    }
    if (this.#quote) {
      if (previous !== '\\' && (character === this.#quote || (character === '\n' && this.#quote !== '`')))
        this.#quote = undefined
      return false
    }
    if (character === '"' || character === "'" || character === '`') {
      // Between letters it is an apostrophe, or the mark of a lifetime or a digit group.
      if (character !== "'" || !/\w/.test(previous)) this.#quote = character
      return false
    }
    if (previous === '/' && (character === '/' || character === '*')) {
      this.#comment = character === '/' ? '//' : '/*'
      this.#previous = ''
      return false
    }
    if (character === '#' && this.#hash) {
      this.#comment = '//'
      return false
    }
    if (character === '(' || character === '[' || character === '{') this.open.push(character)
    const opener = closers[character]
    if (!opener) return false
    if (this.open.length > 0) {
      this.open.pop()
      return false
    }
    this.closed++
    return true
  }

  addAll(text: string): this {
    for (const character of text) this.add(character)
    return this
  }
}

/** Languages in which `#` begins a comment. */
export const hashComments = (language: string | undefined): boolean =>
  /^(?:py|python|rb|ruby|sh|bash|zsh|shell|r|perl|pl|yaml|yml|toml|make|makefile|dockerfile|elixir|ex|julia|jl|nim|tcl|powershell|ps1|coffeescript)$/i.test(
    language ?? '',
  )

/**
 * How many brackets that stand open before a gap the text in it may close, so that those after it still fit. Infinite where the text around does not add up, as in a snippet.
 */
export function closable(prefix: string, suffix: string, hash: boolean): number {
  const open = new Brackets(hash).addAll(prefix).open.length
  const { closed } = new Brackets(hash).addAll(suffix)
  return open >= closed ? open - closed : Number.POSITIVE_INFINITY
}
