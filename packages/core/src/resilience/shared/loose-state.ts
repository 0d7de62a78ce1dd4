import type { NoticePart } from '../../contract/part.ts'
import type { State } from '../../state/state.ts'

/** A state that calls do without when it can't be reached. That is told once, until it is there again. */
export class LooseState {
  readonly #state: State
  readonly #what: string
  #loss: { readonly error: unknown; isTold: boolean } | undefined

  /** `what`: of whom it keeps something, for the notice. */
  constructor(state: State, what: string) {
    this.#state = state
    this.#what = what
  }

  /** What the state answers; `undefined` when it does not. */
  async ask<T>(act: (state: State) => Promise<T>): Promise<T | undefined> {
    try {
      const answer = await act(this.#state)
      this.#loss = undefined
      return answer
    } catch (error) {
      this.#loss ??= { error, isTold: false }
      return undefined
    }
  }

  /** The notice of a loss that nobody was told of yet. */
  notice(): NoticePart | undefined {
    if (!this.#loss || this.#loss.isTold) return undefined
    this.#loss.isTold = true
    const { error } = this.#loss
    const why = error instanceof Error ? error.message : String(error)
    const message = `${this.#what} goes on with what this process knows: ${why}`
    return { type: 'notice', kind: 'warning', message, warning: { option: 'state', message } }
  }
}

/** Reads JSON that others wrote; `undefined` for anything else. */
export function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}
