import fc from 'fast-check'

type Json = Record<string, unknown>

/** Keys that JSON, JavaScript and patterns treat in different ways. */
const key = fc.constantFrom('a', 'b', 'ab', 'a"b', '\\', 'é', '📎', '', '__proto__', '1', 'constructor', 'a\nb')
const limits = fc.tuple(fc.nat(3), fc.nat(3)).map(([min, more]) => [min, min + more] as const)
const number = fc.oneof(
  fc.integer({ min: -120, max: 120 }),
  fc.double({ min: -5, max: 5, noNaN: true }).map((x) => Math.round(x * 100) / 100),
)

const scalar: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(
    { type: 'array', items: { enum: ['a', 'b', 1, { a: [1] }] }, uniqueItems: true, minItems: 2, maxItems: 3 },
    { type: 'object', dependentRequired: { a: ['b'] }, propertyNames: { enum: ['a', 'b', 'c'] } },
    { type: 'string', pattern: '^(?!a)(?=.*b)[ab]*$' },
  ),
  fc.constantFrom<Json>(
    { type: 'null' },
    { type: 'boolean' },
    { type: 'number' },
    { type: 'integer' },
    { type: 'string' },
  ),
  fc.constantFrom<Json>(
    { type: ['string', 'null'] },
    { type: ['integer', 'boolean'] },
    { enum: ['a', 'ab', 'b"', 1, null, [1], { a: 1 }] },
  ),
  fc.tuple(number, fc.nat(300), fc.boolean(), fc.boolean()).map(([min, size, open, integer]) => ({
    type: integer ? 'integer' : 'number',
    [open ? 'exclusiveMinimum' : 'minimum']: min,
    [open ? 'exclusiveMaximum' : 'maximum']: Math.round((min + 1 + size / 10) * 10) / 10 + 1,
  })),
  fc.constantFrom(1, 3, 7, 0.5, 0.1, 0.25).map((multipleOf) => ({ type: 'number', multipleOf, maximum: 1000 })),
  limits.map(([minLength, maxLength]) => ({ type: 'string', minLength, maxLength })),
  fc
    .tuple(fc.constantFrom('^a', 'b$', '^[ab]+$', 'é', '^\\w*$', '^.{2}$', '"'), limits)
    .map(([pattern, [minLength, more]]) => ({ type: 'string', pattern, minLength, maxLength: more + 4 })),
  fc.constantFrom('date', 'time', 'uuid', 'ipv4', 'email').map((format) => ({ type: 'string', format })),
)

/** Schemas of the subset that is enforced. Some allow nothing. */
export const schemas: fc.Arbitrary<Json | boolean> = fc.letrec<{
  schema: Json | boolean
  object: Json
  array: Json
  many: Json
}>((tie) => ({
  schema: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { arbitrary: scalar, weight: 4 },
    { arbitrary: fc.constant(true), weight: 1 },
    { arbitrary: tie('object'), weight: 4 },
    { arbitrary: tie('array'), weight: 2 },
    { arbitrary: tie('many'), weight: 2 },
  ),
  object: fc
    .record({
      properties: fc.dictionary(key, tie('schema'), { maxKeys: 3 }),
      required: fc.uniqueArray(key, { maxLength: 2 }),
      additionalProperties: fc.option(fc.oneof(fc.constant(false), tie('schema')), { nil: undefined }),
      patternProperties: fc.option(fc.dictionary(fc.constantFrom('^a', '[é1]', 'b$'), tie('schema'), { maxKeys: 1 }), {
        nil: undefined,
        freq: 4,
      }),
      propertyNames: fc.option(
        fc.constantFrom<Json>({ maxLength: 2 }, { pattern: '^[abc]' }, { enum: ['a', 'b', 'zz'] }),
        { nil: undefined, freq: 5 },
      ),
      limits: fc.option(limits, { nil: undefined, freq: 3 }),
    })
    .map(({ limits: counts, ...rest }) =>
      defined({ type: 'object', ...rest, minProperties: counts?.[0], maxProperties: counts?.[1] }),
    ),
  array: fc
    .record({
      prefixItems: fc.option(fc.array(tie('schema'), { minLength: 1, maxLength: 2 }), { nil: undefined }),
      items: fc.option(fc.oneof(fc.constant(false), tie('schema')), { nil: undefined }),
      limits: fc.option(limits, { nil: undefined }),
    })
    .map(({ limits: counts, ...rest }) =>
      defined({ type: 'array', ...rest, minItems: counts?.[0], maxItems: counts?.[1] }),
    ),
  many: fc.oneof(
    fc.array(tie('schema'), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
    fc.array(tie('schema'), { minLength: 1, maxLength: 2 }).map((allOf) => ({ allOf })),
    fc.array(tie('schema'), { minLength: 1, maxLength: 2 }).map((oneOf) => ({ oneOf })),
  ),
})).schema

/** Without the keywords that were not drawn. */
const defined = (schema: Json): Json =>
  Object.fromEntries(Object.entries(schema).filter(([, value]) => value !== undefined))
