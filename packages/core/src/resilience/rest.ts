import type { AnyModelError } from '../errors.ts'
import { candidateOf, type Listed } from './candidate.ts'
import { Circuit, type Gate } from './circuit.ts'

/** Which models failed a moment ago: they are asked after the others. A model with a breaker has its own; of the others one failure is enough, and each rest is as long as the last. */
export class Rest {
  readonly #cooldown: number
  readonly #circuits = new Map<object, Circuit>()

  constructor(cooldown: number) {
    this.#cooldown = cooldown
  }

  /** Models in the order to ask them in. One request tries a model whose rest is over; the others wait for what becomes of it. */
  order<L extends Listed<object>>(listed: readonly L[]): L[] {
    const rests = ({ model }: L) => this.#circuitOf(model)?.state === 'open'
    const resting = listed.filter(rests)
    const ready = listed.filter((one) => !resting.includes(one))
    const [first] = ready
    if (first) this.#circuits.get(first.model)?.enter()
    return [...ready, ...resting]
  }

  failed(model: object, error: AnyModelError): void {
    if (this.#cooldown <= 0 || candidateOf(model).circuit) return
    const circuit = this.#circuits.get(model) ?? this.#open(model)
    circuit.failed(error)
    if (circuit.state === 'closed') this.#circuits.delete(model)
  }

  answered(model: object): void {
    this.#circuits.delete(model)
  }

  #circuitOf(model: object): Pick<Gate, 'state'> | undefined {
    return candidateOf(model).circuit ?? this.#circuits.get(model)
  }

  #open(model: object): Circuit {
    const { random } = Math
    const cooldown = this.#cooldown
    const circuit = new Circuit({
      failures: 1,
      cooldown,
      maxCooldown: cooldown,
      jitter: 0,
      clock: () => Date.now(),
      random,
    })
    this.#circuits.set(model, circuit)
    return circuit
  }
}
