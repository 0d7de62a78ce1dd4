type Container = unknown[] | Record<string, unknown>

/** Where the parser is. */
type State = 'seek' | 'tag' | 'value' | 'key' | 'colon' | 'after' | 'string' | 'escape' | 'word' | 'done' | 'broken'

/** JSON's literals, and Python's. */
const literals: Readonly<Record<string, unknown>> = {
  true: true,
  false: false,
  null: null,
  True: true,
  False: false,
  None: null,
}
const escapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }
const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const startsThinking = /^<think(?:ing)?>$/
const endsThinking = /^<\/think(?:ing)?>$/
/** Characters of `</thinking>`. */
const longestTag = 11

const [quote, apostrophe, backslash] = [34, 39, 92]
const [comma, colon] = [44, 58]
const [openBrace, closeBrace, openBracket, closeBracket] = [123, 125, 91, 93]
const [lessThan, moreThan] = [60, 62]

const isSpace = (code: number): boolean => code <= 32 || code === 0xa0 || code === 0xfeff
const isQuote = (code: number): boolean => code === quote || code === apostrophe
const isHighSurrogate = (code: number): boolean => code >= 0xd800 && code <= 0xdbff
const endsWord = (code: number): boolean =>
  isSpace(code) ||
  code === comma ||
  code === colon ||
  code === openBrace ||
  code === closeBrace ||
  code === openBracket ||
  code === closeBracket

export interface PartialJsonOptions {
  /**
   * True: the document is an object somewhere in a text. What stands before it (prose, a code fence, a `<think>` block, braces that are not JSON) is skipped, and after it the next one is
   * looked for. False: the text is the document. Default false.
   */
  readonly seek?: boolean
}

/**
 * A JSON document in the making. Each fragment costs its own length, however long the document is.
 *
 * `value` is one tree that grows in place: who wants to keep a state copies it (`structuredClone`). Strings show as far as they came, never with half a character; numbers and literals show
 * when they are whole, a key when its value begins. Never throws: what is no JSON leaves `complete` false. Slips that models make are read as meant: trailing commas, raw line breaks in
 * strings, single quotes, bare keys, Python's literals.
 */
export class PartialJson {
  readonly #seek: boolean
  readonly #documents: unknown[] = []
  #state: State
  #root: unknown
  #stack: Container[] = []
  /** Key that each object in `#stack` is at; unused for arrays. */
  #keys: string[] = []
  /** Index that the value being read has in the innermost array. */
  #at = 0
  /** The string, word or tag being read. */
  #text = ''
  /** First half of a surrogate pair that waits for the second. */
  #half = ''
  /** What came of an escape. */
  #escaped = ''
  #quote = quote
  #isKey = false
  #thinking = false

  constructor({ seek = false }: PartialJsonOptions = {}) {
    this.#seek = seek
    this.#state = seek ? 'seek' : 'value'
  }

  /** The document so far; `undefined` before it begins. Of several, the one that began last. */
  get value(): unknown {
    return this.#root
  }

  /** The documents that came whole. */
  get documents(): readonly unknown[] {
    return this.#documents
  }

  /** True when what `value` shows came whole. */
  get complete(): boolean {
    return this.#documents.length > 0 && this.#documents.at(-1) === this.#root
  }

  /** Reads the next fragment; gives the document so far. */
  push(fragment: string): unknown {
    let at = 0
    while (at < fragment.length) at = this.#step(fragment, at)
    if ((this.#state === 'string' || this.#state === 'escape') && !this.#isKey) this.#put(this.#text)
    return this.#root
  }

  /** Says that nothing more comes: a number at the very end is whole now. */
  end(): unknown {
    if (this.#state === 'word' && this.#stack.length === 0) this.#endWord()
    return this.#root
  }

  /** How many items of an array in the document are whole. */
  finished(list: readonly unknown[]): number {
    const at = this.#stack.indexOf(list as unknown[])
    if (at < 0) return list.length
    const isOpen = at < this.#stack.length - 1 || this.#state === 'string' || this.#state === 'escape'
    return isOpen ? list.length - 1 : list.length
  }

  /** Reads on from `at`; gives where to go on. Always gets further or changes the state. */
  #step(text: string, at: number): number {
    const code = text.charCodeAt(at)
    switch (this.#state) {
      case 'string':
        return this.#readString(text, at)
      case 'escape':
        return this.#readEscape(text[at] as string, at)
      case 'word':
        return this.#readWord(text, at)
      case 'seek':
        return this.#find(text, at)
      case 'tag':
        return this.#readTag(text[at] as string, code, at)
      case 'done':
      case 'broken':
        return text.length
    }
    if (isSpace(code)) return at + 1
    switch (this.#state) {
      case 'value':
        return this.#beginValue(code, at)
      case 'key':
        return this.#beginKey(code, at)
      case 'after':
        return this.#readSeparator(code, at)
      case 'colon':
        if (code !== colon) return this.#fail(at)
        this.#state = 'value'
        return at + 1
    }
  }

  #beginValue(code: number, at: number): number {
    const inner = this.#stack.at(-1)
    if (Array.isArray(inner)) {
      if (code === closeBracket) return this.#close(at)
      this.#at = inner.length
    }
    if (code === openBrace) return this.#open({}, at)
    if (code === openBracket) return this.#open([], at)
    return this.#beginText(code, at, false)
  }

  #beginKey(code: number, at: number): number {
    return code === closeBrace ? this.#close(at) : this.#beginText(code, at, true)
  }

  #beginText(code: number, at: number, isKey: boolean): number {
    if (endsWord(code)) return this.#fail(at)
    this.#text = this.#half = ''
    this.#isKey = isKey
    this.#state = isQuote(code) ? 'string' : 'word'
    if (this.#state === 'word') return at
    this.#quote = code
    return at + 1
  }

  #readSeparator(code: number, at: number): number {
    const isList = Array.isArray(this.#stack.at(-1))
    if (code === (isList ? closeBracket : closeBrace)) return this.#close(at)
    if (code !== comma) return this.#fail(at)
    this.#state = isList ? 'value' : 'key'
    return at + 1
  }

  #open(container: Container, at: number): number {
    this.#put(container)
    this.#stack.push(container)
    this.#keys.push('')
    this.#state = Array.isArray(container) ? 'value' : 'key'
    return at + 1
  }

  #close(at: number): number {
    this.#stack.pop()
    this.#keys.pop()
    this.#settle()
    return at + 1
  }

  /** A value is whole. */
  #settle(): void {
    this.#state = 'after'
    if (this.#stack.length > 0) return
    this.#documents.push(this.#root)
    this.#state = this.#seek ? 'seek' : 'done'
  }

  /** Puts a value, or the next state of it, where it belongs. */
  #put(value: unknown): void {
    const inner = this.#stack.at(-1)
    if (inner === undefined) this.#root = value
    else if (Array.isArray(inner)) inner[this.#at] = value
    else setOwn(inner, this.#keys.at(-1) as string, value)
  }

  #readString(text: string, at: number): number {
    let end = at
    while (end < text.length) {
      const code = text.charCodeAt(end)
      if (code === this.#quote || code === backslash) break
      end++
    }
    if (end > at) this.#append(text.slice(at, end))
    if (end === text.length) return end
    if (text.charCodeAt(end) === backslash) {
      this.#escaped = ''
      this.#state = 'escape'
    } else {
      this.#text += this.#half
      this.#endText(this.#text)
    }
    return end + 1
  }

  #append(run: string): void {
    const whole = this.#half + run
    const cut = isHighSurrogate(whole.charCodeAt(whole.length - 1)) ? 1 : 0
    this.#text += cut ? whole.slice(0, -1) : whole
    this.#half = cut ? whole.slice(-1) : ''
  }

  #readEscape(character: string, at: number): number {
    if (this.#escaped === '' && character !== 'u') return this.#endEscape(escapes[character] ?? character, at + 1)
    if (this.#escaped !== '' && !/[0-9a-fA-F]/.test(character)) return this.#endEscape(this.#escaped, at)
    this.#escaped += character
    if (this.#escaped.length < 5) return at + 1
    return this.#endEscape(String.fromCharCode(Number.parseInt(this.#escaped.slice(1), 16)), at + 1)
  }

  #endEscape(meant: string, next: number): number {
    this.#append(meant)
    this.#state = 'string'
    return next
  }

  #readWord(text: string, at: number): number {
    let end = at
    while (end < text.length && !endsWord(text.charCodeAt(end))) end++
    this.#text += text.slice(at, end)
    if (end < text.length && !this.#endWord()) return this.#fail(end)
    return end
  }

  #endWord(): boolean {
    const text = this.#text
    const isLiteral = Object.hasOwn(literals, text)
    if (!this.#isKey && !isLiteral && !number.test(text)) return false
    this.#endText(this.#isKey ? text : isLiteral ? literals[text] : Number(text))
    return true
  }

  #endText(value: unknown): void {
    if (this.#isKey) {
      this.#keys[this.#keys.length - 1] = value as string
      this.#state = 'colon'
      return
    }
    this.#put(value)
    this.#settle()
  }

  #find(text: string, at: number): number {
    let end = at
    while (end < text.length) {
      const code = text.charCodeAt(end)
      if (code === lessThan || (code === openBrace && !this.#thinking)) break
      end++
    }
    if (end === text.length) return end
    this.#text = ''
    this.#state = text.charCodeAt(end) === lessThan ? 'tag' : 'value'
    return end
  }

  /** What was written before the end of thinking was a draft. */
  #readTag(character: string, code: number, at: number): number {
    if ((code === lessThan && this.#text !== '') || code === openBrace || this.#text.length === longestTag) {
      this.#state = 'seek'
      return at
    }
    this.#text += character
    if (code !== moreThan) return at + 1
    if (startsThinking.test(this.#text)) this.#thinking = true
    if (endsThinking.test(this.#text)) {
      this.#thinking = false
      this.#documents.length = 0
      this.#root = undefined
    }
    this.#state = 'seek'
    return at + 1
  }

  /** No JSON here: where it is sought, it may begin later. */
  #fail(at: number): number {
    this.#state = this.#seek ? 'seek' : 'broken'
    if (!this.#seek) return at
    this.#stack = []
    this.#keys = []
    this.#root = this.#documents.at(-1)
    return at
  }
}

/** Sets a property as `JSON.parse` does: `__proto__` is a key like any other. */
function setOwn(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') object[key] = value
  else Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
}
