import type { ImageSupport, Json, JsonObject } from '@anymodel/core'

/** A workflow in ComfyUI's API format: nodes by id. Texts in it may be placeholders. */
export type ComfyWorkflow = Readonly<
  Record<string, { readonly class_type: string; readonly inputs: JsonObject } & JsonObject>
>

/** What a placeholder stands for: what was asked for, else its default. */
export type Lookup = (name: string, usual: string | undefined) => Json

const whole = /^\{\{(\w+)(?::([^{}]*))?\}\}$/
const within = /\{\{(\w+)(?::([^{}]*))?\}\}/g

/** Names of the placeholders in a workflow. */
export const placeholdersIn = (workflow: ComfyWorkflow): ReadonlySet<string> =>
  new Set([...JSON.stringify(workflow).matchAll(within)].map(([, name = '']) => name))

/** What a workflow can do, by what it has placeholders for. */
export function supportsOf(workflow: ComfyWorkflow): ImageSupport {
  const names = placeholdersIn(workflow)
  const images = [...names].filter((name) => /^image\d*$/.test(name)).length
  const knobs = (['seed', 'negativePrompt', 'steps', 'guidance', 'strength'] as const).filter((name) => names.has(name))
  return {
    ...(images > 0 && { images }),
    ...(names.has('mask') && { mask: true }),
    previews: true,
    knobs: [...knobs, ...(names.has('width') && names.has('height') ? (['size'] as const) : [])],
  }
}

/** A workflow with what its placeholders stand for: `{{seed}}` alone becomes what it stands for, `{{prompt}} in oil` a text. */
export function filled(value: Json, lookup: Lookup): Json {
  if (typeof value === 'string') {
    const [, name, usual] = whole.exec(value) ?? []
    if (name !== undefined) return lookup(name, usual)
    return value.replace(within, (_all, inner: string, ordinary?: string) => String(lookup(inner, ordinary)))
  }
  if (Array.isArray(value)) return value.map((one) => filled(one, lookup))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, filled(one as Json, lookup)]))
}
