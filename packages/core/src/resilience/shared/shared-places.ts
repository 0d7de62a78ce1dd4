import { createHash } from 'node:crypto'
import type { LooseState } from './loose-state.ts'

/** Where conversations are, for all processes. */
export class SharedPlaces {
  readonly #state: LooseState
  readonly #key: string
  readonly #targets: number

  /** `targets`: how many there are. */
  constructor(state: LooseState, key: string, targets: number) {
    this.#state = state
    this.#key = key
    this.#targets = targets
  }

  async find(conversation: string): Promise<number | undefined> {
    const text = await this.#state.ask((state) => state.get(this.#placeOf(conversation)))
    const target = text === undefined || text === '' ? Number.NaN : Number(text)
    return Number.isInteger(target) && target >= 0 && target < this.#targets ? target : undefined
  }

  /** Nobody waits for that. */
  keep(conversation: string, target: number, ttl: number): void {
    void this.#state.ask((state) => state.set(this.#placeOf(conversation), String(target), ttl))
  }

  /** Tags may be long, and are nobody's business. */
  #placeOf(conversation: string): string {
    return `sticky:{${this.#key}}:${createHash('sha256').update(conversation).digest('base64url')}`
  }
}
