import type { JsonSchema } from '../contract/json.ts'
import type { InferJson } from './infer-json.ts'

/** A schema of zod, valibot, arktype or any other library that follows Standard Schema. https://standardschema.dev */
export interface StandardSchema<Output = unknown> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined
    /** Standard JSON Schema: how libraries give their schema as JSON Schema. */
    readonly jsonSchema?: { readonly input: (options: { target: string }) => Record<string, unknown> }
  }
}

type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | {
      readonly issues: readonly {
        readonly message: string
        readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
      }[]
    }

/** What a verb takes where it wants a schema: one of a schema library, or a plain JSON Schema. */
export type Schema<Output = unknown> = StandardSchema<Output> | JsonSchema

/** The type of the values that a schema gives out. A plain JSON Schema is read as far as its keywords are literal types. */
export type Infer<S extends Schema> = S extends {
  readonly '~standard': { readonly types?: { readonly output: infer Output } | undefined }
}
  ? Output
  : InferJson<S>

/** The type of the values that a schema takes in: before defaults and transformations. */
export type InferInput<S extends Schema> = S extends {
  readonly '~standard': { readonly types?: { readonly input: infer Input } | undefined }
}
  ? Input
  : InferJson<S>

/** One thing that is wrong with a value. `path` is like `items.0.name`; empty for the value itself. */
export interface Issue {
  readonly path: string
  readonly message: string
}

export const isStandardSchema = (schema: Schema): schema is StandardSchema => '~standard' in schema

/**
 * The same schema with a JSON Schema attached, for libraries that can't tell theirs.
 *
 * ```ts
 * import { toJsonSchema } from '@valibot/to-json-schema'
 * const person = v.object({ name: v.string() })
 * await generateObject({ model, schema: withJsonSchema(person, toJsonSchema(person)), prompt })
 * ```
 *
 * The library goes on checking values; the JSON Schema is what the model is told.
 */
export function withJsonSchema<S extends StandardSchema>(schema: S, jsonSchema: JsonSchema): Pick<S, '~standard'> {
  return { '~standard': { ...schema['~standard'], jsonSchema: { input: () => ({ ...jsonSchema }) } } }
}
