import type { Infer, Schema } from '../schema/standard-schema.ts'
import type { ObjectOptions, ObjectResult, ObjectTarget } from './object-options.ts'

/**
 * Asks a model for a value that fits a schema: `schema` for one value, `array` for a list of values of that schema, `choice` for one of some texts.
 *
 * ```ts
 * const { object } = await generateObject({ model, schema: z.object({ city: z.string() }), prompt: 'Where is the Louvre?' })
 * ```
 *
 * The model is asked in the best way it has (`model.supports.output`); the answer is always checked against the whole schema, and an answer that does not fit is handed back with what is wrong
 * with it, up to `reasks` times. Throws `invalid-output` (with `issues`, and the answer in `partial`) when it never fits or was cut at the token limit, `content-filter` when the service or the
 * model declined, `invalid-argument` for a schema that is not one, and whatever `generateText` throws.
 */
export function generateObject<const S extends Schema>(
  options: ObjectOptions & { readonly schema: S },
): Promise<ObjectResult<Infer<S>>>
export function generateObject<const S extends Schema>(
  options: ObjectOptions & { readonly array: S },
): Promise<ObjectResult<Infer<S>[]>>
export function generateObject<const C extends string>(
  options: ObjectOptions & { readonly choice: readonly C[] },
): Promise<ObjectResult<C>>
export async function generateObject({
  schema,
  array,
  choice,
  ...options
}: ObjectOptions & ObjectTarget): Promise<ObjectResult<unknown>> {
  const { runObject, toTarget } = await import('./run-object.ts')
  const target = await toTarget({ schema, array, choice } as ObjectTarget)
  return runObject({ ...options, delivery: 'whole' }, target, () => {})
}
