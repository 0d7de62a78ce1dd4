import { compilePattern } from '../pattern.ts'
import { fail, type Run } from '../run.ts'
import { all, branch, type Fields, inside, isList, isObject, type Keyword, schemaMap, texts, wrong } from './keyword.ts'
import { matches } from './values.ts'

/** How many keys an object has. */
export const sizeOf = (value: object): number => Object.keys(value).length

/** `required`. */
export const required: Keyword = (value, compiler) => {
  const keys = texts(value, compiler, 'required')
  return (given, run) => !isObject(given) || hasAll(given, keys, run, 'is missing')
}

function hasAll(given: Fields, keys: readonly string[], run: Run, words: string): boolean {
  let fits = true
  for (const key of keys) if (!Object.hasOwn(given, key)) fits = fail(run, 'required', words, key)
  return fits
}

/** `properties`, `patternProperties` and `additionalProperties` share out the keys, so they are one check. */
export const properties: Keyword = (_value, compiler) => {
  const { schema, at } = compiler
  const known = schemaMap(schema.properties, compiler, 'properties')
  const patterns = [...schemaMap(schema.patternProperties, compiler, 'patternProperties')].map(
    ([source, check]) => [compilePattern(source), check] as const,
  )
  const more = schema.additionalProperties
  const others = more === undefined ? undefined : compiler.compile(more, `${at}/additionalProperties`)
  return (given, run, seen) => {
    if (!isObject(given)) return true
    let fits = true
    for (const key of Object.keys(given)) {
      const own = known.get(key)
      let covered = own !== undefined
      if (own && !inside(own, given[key], key, run)) fits = false
      for (const [test, check] of patterns) {
        if (!matches(test, key, run)) continue
        covered = true
        if (!inside(check, given[key], key, run)) fits = false
      }
      if (!covered && others && !inside(others, given[key], key, run)) fits = false
      if (covered || others) seen?.keys.add(key)
    }
    return fits
  }
}

/** `propertyNames`. */
export const propertyNames: Keyword = (value, compiler) => {
  const check = compiler.compile(value, `${compiler.at}/propertyNames`)
  return (given, run) => {
    if (!isObject(given)) return true
    let fits = true
    for (const key of Object.keys(given)) if (!inside(check, key, key, run)) fits = false
    return fits
  }
}

/** `dependentRequired`. */
export const dependentRequired: Keyword = (value, compiler) => {
  if (!isObject(value)) throw wrong(compiler, 'dependentRequired', 'an object')
  const needs = Object.entries(value).map(([key, keys]) => [key, texts(keys, compiler, 'dependentRequired')] as const)
  return (given, run) =>
    !isObject(given) ||
    needs
      .filter(([key]) => Object.hasOwn(given, key))
      .map(([key, keys]) => hasAll(given, keys, run, `is missing: it is needed next to ${key}`))
      .every(Boolean)
}

/** `dependentSchemas`. */
export const dependentSchemas: Keyword = (value, compiler) => {
  const needs = [...schemaMap(value, compiler, 'dependentSchemas')]
  return (given, run, seen) =>
    !isObject(given) ||
    needs
      .filter(([key]) => Object.hasOwn(given, key))
      .map(([, check]) => branch(check, given, run, seen))
      .every(Boolean)
}

/** `dependencies` of draft 7: arrays are `dependentRequired`, schemas `dependentSchemas`. */
export const dependencies: Keyword = (value, compiler) => {
  if (!isObject(value)) throw wrong(compiler, 'dependencies', 'an object')
  const [keys, schemas] = [true, false].map((lists) =>
    Object.fromEntries(Object.entries(value).filter(([, one]) => isList(one) === lists)),
  )
  return all([dependentRequired(keys, compiler), dependentSchemas(schemas, compiler)])
}

/** `unevaluatedProperties`: stands last, so that all others have looked. */
export const unevaluatedProperties: Keyword = (value, compiler) => {
  const check = compiler.compile(value, `${compiler.at}/unevaluatedProperties`)
  return (given, run, seen) => {
    if (!isObject(given) || !seen) return true
    let fits = true
    for (const key of Object.keys(given).filter((key) => !seen.keys.has(key))) {
      if (inside(check, given[key], key, run)) seen.keys.add(key)
      else fits = false
    }
    return fits
  }
}
