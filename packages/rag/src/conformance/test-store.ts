import type { Store } from '../contract.ts'
import type { StoreCase, StorePlace } from './case.ts'
import { filtering } from './filtering.ts'
import { hostile } from './hostile.ts'
import { searching } from './searching.ts'
import { storing } from './storing.ts'
import { together } from './together.ts'

export type { StorePlace } from './case.ts'

export interface StoreSuite {
  /** The functions of your test runner: those of vitest, `node:test`, jest and bun fit. */
  describe(name: string, body: () => void): unknown
  test(name: string, body: () => Promise<void>): unknown
  /** Title of the suite: the name of your store. */
  readonly name: string
  /** A place with nothing in it. Called once per case. */
  make(): StorePlace | Promise<StorePlace>
  /** Cases that the store can't pass, by name, with the reason. One that passes all the same fails: its reason is gone. */
  readonly skip?: Readonly<Record<string, string>>
}

const groups: Readonly<Record<string, readonly StoreCase[]>> = { storing, searching, filtering, hostile, together }

/**
 * What every store must do.
 *
 * ```ts
 * testStore({ describe, test, name: 'mine', make: () => { const place = newPlace(); return { store: () => myStore(place), remove: () => place.remove() } } })
 * ```
 */
export function testStore({ describe, test, name, make, skip = {} }: StoreSuite): void {
  const names = new Set(Object.values(groups).flatMap((cases) => cases.map((one) => one.name)))
  for (const skipped of Object.keys(skip))
    if (!names.has(skipped)) throw new Error(`There is no case "${skipped}" to skip.`)
  describe(name, () => {
    for (const [title, cases] of Object.entries(groups))
      describe(title, () => {
        for (const one of cases) {
          const reason = skip[one.name]
          if (reason === undefined) test(one.name, () => inPlace(one, make))
          else test(`${one.name} (skipped: ${reason})`, () => mustFail(one, make))
        }
      })
  })
}

async function mustFail(one: StoreCase, make: StoreSuite['make']): Promise<void> {
  const passed = await inPlace(one, make).then(
    () => true,
    () => false,
  )
  if (passed) throw new Error(`"${one.name}" passes: take it out of skip.`)
}

async function inPlace(one: StoreCase, make: StoreSuite['make']): Promise<void> {
  const place = await make()
  const stores: Store[] = []
  try {
    await one.run(async () => {
      const store = place.store()
      stores.push(store)
      await store.open()
      return store
    })
  } finally {
    for (const store of new Set(stores)) await store.close()
    await place.remove?.()
  }
}
