/** The values of a plain JSON Schema whose keywords are literal types (inline or `as const`); `unknown` where they are not, and for what types can't say. */
export type InferJson<S> = S extends { readonly const: infer Value }
  ? Value
  : S extends { readonly enum: readonly (infer Value)[] }
    ? Value
    : S extends { readonly anyOf: readonly (infer One)[] } | { readonly oneOf: readonly (infer One)[] }
      ? One extends unknown
        ? InferJson<One>
        : never
      : S extends { readonly type: infer Type }
        ? OfType<Type extends readonly (infer One)[] ? One : Type, S>
        : unknown

type OfType<Type, S> = string extends Type
  ? unknown
  : Type extends 'string'
    ? string
    : Type extends 'number' | 'integer'
      ? number
      : Type extends 'boolean'
        ? boolean
        : Type extends 'null'
          ? null
          : Type extends 'array'
            ? S extends { readonly items: infer Item }
              ? InferJson<Item>[]
              : unknown[]
            : Type extends 'object'
              ? OfObject<S>
              : unknown

type OfObject<S> = S extends { readonly properties: infer Properties }
  ? S extends { readonly required: readonly (infer Key)[] }
    ? Plain<
        { -readonly [K in keyof Properties as K extends Key ? K : never]: InferJson<Properties[K]> } & {
          -readonly [K in keyof Properties as K extends Key ? never : K]?: InferJson<Properties[K]>
        }
      >
    : { -readonly [K in keyof Properties]?: InferJson<Properties[K]> }
  : { [key: string]: unknown }

type Plain<T> = { [K in keyof T]: T[K] }
