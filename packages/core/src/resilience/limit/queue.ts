/** Those who wait: first come, first served within a group, and groups in turns. */
export class FairQueue<T extends { readonly group: string }> {
  /** The group that is next stands first. */
  readonly #groups = new Map<string, Set<T>>()
  /** In the order in which they came. */
  readonly #all = new Set<T>()

  get size(): number {
    return this.#all.size
  }

  has(item: T): boolean {
    return this.#all.has(item)
  }

  add(item: T): void {
    this.#all.add(item)
    this.#groups.set(item.group, (this.#groups.get(item.group) ?? new Set()).add(item))
  }

  /** Who is next. */
  peek(): T | undefined {
    for (const [first] of this.#groups.values()) return first
    return undefined
  }

  /** Those who came after the first `max`. */
  beyond(max: number): readonly T[] {
    return this.size > max ? [...this.#all].slice(max) : []
  }

  /** It went away. */
  delete(item: T): void {
    const items = this.#groups.get(item.group)
    if (!this.#all.delete(item) || !items) return
    items.delete(item)
    if (items.size === 0) this.#groups.delete(item.group)
  }

  /** It was served: its group goes to the end of the line. */
  served(item: T): void {
    this.delete(item)
    const items = this.#groups.get(item.group)
    if (!items) return
    this.#groups.delete(item.group)
    this.#groups.set(item.group, items)
  }
}
