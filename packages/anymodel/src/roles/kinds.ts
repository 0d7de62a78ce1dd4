import { type AnyKindOfModel, type ModelKinds, modelMethods } from '@anymodel/core'

export type { AnyKindOfModel }

export type Kind = keyof ModelKinds

/** The kinds of models, by the method of a provider that gives one. */
export type Models = { readonly [K in Kind]: ModelKinds[K]['model'] }

export const kinds = Object.keys(modelMethods) as Kind[]

/** Arrays have a method `fill` of their own. */
const isFunctionOf = (value: unknown, name: string): boolean =>
  !Array.isArray(value) && typeof (value as Record<string, unknown> | null | undefined)?.[name] === 'function'

/** True for a model made by hand, of any kind. */
export const isModel = (value: unknown): value is AnyKindOfModel => kinds.some((kind) => isOfKind(value, kind))

export const isOfKind = <K extends Kind>(value: unknown, kind: K): value is Models[K] =>
  isFunctionOf(value, modelMethods[kind])

/** What people call a model that a config names, or that was made by hand. */
export function nameOf(model: AnyKindOfModel | { readonly provider: string; readonly id: string }): string {
  const name = `${model.provider}/${model.id}`
  const kind = kinds.find((kind) => isOfKind(model, kind))
  return kind === undefined ? name : `a ${kind} model made by hand (${name})`
}
