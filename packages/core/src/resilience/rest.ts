import type { TextModel } from '../contract/text.ts'
import type { AnyModelError } from '../errors.ts'
import { isLasting } from './verdict.ts'

/** Which models failed a moment ago: they are asked after the others. One request tries a model whose rest is over; the others wait for what becomes of it. */
export class Rest {
  readonly #cooldown: number
  readonly #until = new Map<TextModel, number>()

  constructor(cooldown: number) {
    this.#cooldown = cooldown
  }

  /** The models in the order to ask them in. */
  order(models: readonly TextModel[], now = Date.now()): TextModel[] {
    const resting = models.filter((model) => (this.#until.get(model) ?? 0) > now)
    const ready = models.filter((model) => !resting.includes(model))
    const [first] = ready
    if (first && this.#until.has(first)) this.#until.set(first, now + this.#cooldown)
    return [...ready, ...resting]
  }

  failed(model: TextModel, error: AnyModelError): void {
    if (this.#cooldown > 0 && isLasting(error))
      this.#until.set(model, Date.now() + Math.max(this.#cooldown, error.retryAfter ?? 0))
  }

  answered(model: TextModel): void {
    this.#until.delete(model)
  }
}
