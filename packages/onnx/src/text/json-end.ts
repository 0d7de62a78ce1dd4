/** Finds where a JSON object or array ends in a text that grows; every character is looked at once. */
export class JsonEnd {
  #at = 0
  #depth = 0
  #inString = false
  #escaped = false

  /** The position after the value's last bracket; -1 while there is none. Pass the whole text every time. */
  find(text: string): number {
    for (; this.#at < text.length; this.#at++) {
      const character = text[this.#at] as string
      if (this.#inString) this.#string(character)
      else if (character === '"') this.#inString = true
      else if (character === '{' || character === '[') this.#depth++
      else if ((character === '}' || character === ']') && --this.#depth <= 0) return this.#at + 1
    }
    return -1
  }

  /** True when the text so far ends within a string. */
  get inString(): boolean {
    return this.#inString
  }

  #string(character: string): void {
    if (this.#escaped) this.#escaped = false
    else if (character === '\\') this.#escaped = true
    else if (character === '"') this.#inString = false
  }
}
