import { canonical } from '../canonical.ts'
import { type Check, fail } from '../run.ts'
import { inside, isList, type Keyword, number, quiet, schemas } from './keyword.ts'

/** `prefixItems` and `items`, or in draft 7 `items` as an array and `additionalItems`. */
export const items: Keyword = (_value, compiler) => {
  const { schema, at } = compiler
  const old = isList(schema.items)
  const first = old ? schema.items : schema.prefixItems
  const tuple = first === undefined ? [] : schemas(first, compiler, old ? 'items' : 'prefixItems')
  const rest = old ? schema.additionalItems : schema.items
  const others = rest === undefined ? undefined : compiler.compile(rest, `${at}/${old ? 'additionalItems' : 'items'}`)
  return (given, run, seen) => {
    if (!isList(given)) return true
    let fits = true
    const end = others ? given.length : Math.min(given.length, tuple.length)
    for (let index = 0; index < end; index++) {
      seen?.indexes.add(index)
      if (!inside((tuple[index] ?? others) as Check, given[index], index, run)) fits = false
    }
    return fits
  }
}

/** `contains`, with `minContains` and `maxContains`. */
export const contains: Keyword = (value, compiler) => {
  const check = compiler.compile(value, `${compiler.at}/contains`)
  const { minContains, maxContains } = compiler.schema
  const least = minContains === undefined ? 1 : number(compiler, 'minContains')
  const most = maxContains === undefined ? Number.POSITIVE_INFINITY : number(compiler, 'maxContains')
  return (given, run, seen) => {
    if (!isList(given)) return true
    const found = given.flatMap((item, index) => (quiet(run, () => check(item, run, undefined)) ? [index] : []))
    for (const index of found) seen?.indexes.add(index)
    if (found.length < least)
      return fail(run, 'contains', `must contain at least ${least} of the items that the schema asks for`)
    return (
      found.length <= most || fail(run, 'contains', `must contain at most ${most} of the items that the schema names`)
    )
  }
}

/** `uniqueItems`: in one pass, by canonical text. */
export const uniqueItems: Keyword = (value) => (given, run) => {
  if (value !== true || !isList(given)) return true
  const first = new Map<string, number>()
  for (const [index, item] of given.entries()) {
    const text = canonical(item)
    const before = first.get(text)
    if (before !== undefined) return fail(run, 'uniqueItems', `must not be the same as item ${before}`, index)
    first.set(text, index)
  }
  return true
}

/** `unevaluatedItems`: stands last, so that all others have looked. */
export const unevaluatedItems: Keyword = (value, compiler) => {
  const check = compiler.compile(value, `${compiler.at}/unevaluatedItems`)
  return (given, run, seen) => {
    if (!isList(given) || !seen) return true
    let fits = true
    for (const [index, item] of given.entries()) {
      if (seen.indexes.has(index)) continue
      if (inside(check, item, index, run)) seen.indexes.add(index)
      else fits = false
    }
    return fits
  }
}
