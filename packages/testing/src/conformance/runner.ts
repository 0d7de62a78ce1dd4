import type { Case } from './case.ts'

/** The two functions of your test runner: those of vitest, `node:test`, jest and bun fit. */
export interface TestRunner {
  describe(name: string, body: () => void): unknown
  readonly test: {
    // biome-ignore lint/suspicious/noExplicitAny: what runners hand to tests differs
    (name: string, body: (context: any) => Promise<void>): unknown
    // biome-ignore lint/suspicious/noExplicitAny: what runners hand to tests differs
    skip(name: string, body: (context: any) => Promise<void>): unknown
  }
}

/** Declares cases as tests: those that `supports` rules out are skipped with the reason in their name, those that are skipped by hand run and must fail. */
export function declare<Context, Supports>(
  { describe, test }: TestRunner,
  title: string,
  cases: readonly Case<Context, Supports>[],
  supports: Supports,
  skip: Readonly<Record<string, string>>,
  body: (one: Case<Context, Supports>) => () => Promise<void>,
): void {
  describe(title, () => {
    for (const one of cases) {
      const reason = one.unless?.(supports)
      const own = skip[one.name]
      if (reason !== undefined) test.skip(`${one.name} (skipped: ${reason})`, body(one))
      else if (own !== undefined) test(`${one.name} (skipped: ${own})`, mustFail(one.name, body(one)))
      else test(one.name, body(one))
    }
  })
}

/** A skip that would pass fails. */
const mustFail = (name: string, body: () => Promise<void>) => async (context?: { skip?(): void }) => {
  const passed = await body().then(
    () => true,
    () => false,
  )
  if (passed) throw new Error(`"${name}" passes: take it out of skip.`)
  context?.skip?.()
}

/** A skip of a case that does not exist (any more) would go unnoticed. */
export function checkSkips(
  skip: Readonly<Record<string, string>>,
  groups: Readonly<Record<string, readonly { readonly name: string }[]>>,
): void {
  const names = new Set(Object.values(groups).flatMap((cases) => cases.map(({ name }) => name)))
  for (const name of Object.keys(skip)) if (!names.has(name)) throw new Error(`There is no case "${name}" to skip.`)
}
