import type { JsonSchema } from '../../contract/json.ts'
import { contains, items, unevaluatedItems, uniqueItems } from './arrays.ts'
import { anyOf, condition, not, oneOf } from './combinators.ts'
import { all, isList, isNumber, isObject, isText, type Keyword, schemas, wrong } from './keyword.ts'
import {
  dependencies,
  dependentRequired,
  dependentSchemas,
  properties,
  propertyNames,
  required,
  sizeOf,
  unevaluatedProperties,
} from './objects.ts'
import { dynamicRef, ref } from './references.ts'
import { bound, characters, isMultiple, oneOfValues, pattern, type } from './values.ts'

/** Every keyword that decides about values. Those that only modify another one (`then`, `additionalProperties` next to `properties`) are read there. */
const keywords: Readonly<Record<string, Keyword>> = {
  $ref: ref,
  $dynamicRef: dynamicRef,
  type,
  enum: (value, compiler) => {
    if (!isList(value)) throw wrong(compiler, 'enum', 'an array')
    return oneOfValues('enum', value)
  },
  const: (value) => oneOfValues('const', [value]),
  minimum: bound('minimum', isNumber, (given, limit) => given >= limit, 'must be at least #'),
  maximum: bound('maximum', isNumber, (given, limit) => given <= limit, 'must be at most #'),
  exclusiveMinimum: bound('exclusiveMinimum', isNumber, (given, limit) => given > limit, 'must be more than #'),
  exclusiveMaximum: bound('exclusiveMaximum', isNumber, (given, limit) => given < limit, 'must be less than #'),
  multipleOf: bound('multipleOf', isNumber, isMultiple, 'must be a multiple of #'),
  minLength: bound(
    'minLength',
    isText,
    (given, limit) => characters(given) >= limit,
    'must have at least # characters',
  ),
  maxLength: bound('maxLength', isText, (given, limit) => characters(given) <= limit, 'must have at most # characters'),
  pattern,
  required,
  properties,
  propertyNames,
  minProperties: bound(
    'minProperties',
    isObject,
    (given, limit) => sizeOf(given) >= limit,
    'must have at least # keys',
  ),
  maxProperties: bound('maxProperties', isObject, (given, limit) => sizeOf(given) <= limit, 'must have at most # keys'),
  dependentRequired,
  dependentSchemas,
  dependencies,
  items,
  minItems: bound('minItems', isList, (given, limit) => given.length >= limit, 'must have at least # items'),
  maxItems: bound('maxItems', isList, (given, limit) => given.length <= limit, 'must have at most # items'),
  uniqueItems,
  contains,
  allOf: (value, compiler) => all(schemas(value, compiler, 'allOf')),
  anyOf,
  oneOf,
  not,
  if: condition,
  unevaluatedProperties,
  unevaluatedItems,
}

/** Keywords that do their neighbours' work too. */
const triggers: Readonly<Record<string, readonly string[]>> = {
  properties: ['properties', 'patternProperties', 'additionalProperties'],
  items: ['items', 'prefixItems'],
}

const inOrder = Object.entries(keywords).map(([name, keyword]) => ({ name, keyword, on: triggers[name] ?? [name] }))

/** The keywords of a schema, `unevaluated*` last. */
export const keywordsIn = (schema: JsonSchema): readonly { readonly name: string; readonly keyword: Keyword }[] =>
  inOrder.filter(({ on }) => on.some((keyword) => schema[keyword] !== undefined))
