import { randomUUID } from 'node:crypto'
import type { State } from '@anymodel/core'
import { soon } from './case.ts'
import { declare, type TestRunner } from './runner.ts'
import { claims, leases, type StateContext, values } from './states.ts'

export interface StateSuite extends TestRunner {
  /** Title of the suite: the name of your state. */
  readonly name: string
  /** The state. Called once per case; the same one may be given each time. */
  make(): State | Promise<State>
}

/**
 * What every state of limits, budgets and caches must do, wherever it keeps things.
 *
 * ```ts
 * testState({ describe, test, name: 'redis', make: () => redisState(client) })
 * ```
 */
export function testState({ describe, test, name, make }: StateSuite): void {
  const inContext = (one: { run(context: StateContext): Promise<void> }) => async () =>
    soon(one.run({ state: await make(), key: randomUUID() }), 'the end of the case', 60_000)
  describe(name, () => {
    for (const [title, cases] of Object.entries({ values, claims, leases }))
      declare({ describe, test }, title, cases, {}, {}, inContext)
  })
}
