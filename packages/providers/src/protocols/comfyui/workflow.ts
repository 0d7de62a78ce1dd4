import type { ImageSupport, ImageTask, Json, JsonObject } from '@anymodel/core'

/** A workflow in ComfyUI's API format: nodes by id. Texts in it may be placeholders. */
export type ComfyWorkflow = Readonly<
  Record<string, { readonly class_type: string; readonly inputs: JsonObject } & JsonObject>
>

/** What a placeholder stands for: what was asked for, else its default. */
export type Lookup = (name: string, usual: string | undefined) => Json

const whole = /^\{\{(\w+)(?::([^{}]*))?\}\}$/
const within = /\{\{(\w+)(?::([^{}]*))?\}\}/g

/** Names of the placeholders in a workflow: whether something must be given for them, since one of that name has no default. */
export function placeholdersIn(workflow: ComfyWorkflow): ReadonlyMap<string, boolean> {
  const names = new Map<string, boolean>()
  for (const [, name = '', usual] of JSON.stringify(workflow).matchAll(within))
    names.set(name, names.get(name) === true || usual === undefined)
  return names
}

/** What a workflow can do, by what it has placeholders for. */
export function supportsOf(workflow: ComfyWorkflow): ImageSupport {
  const names = placeholdersIn(workflow)
  const images = [...names.keys()].filter((name) => /^image\d*$/.test(name)).length
  const knobs = (['seed', 'negativePrompt', 'steps', 'guidance', 'strength'] as const).filter((name) => names.has(name))
  const tasks = tasksOf(workflow)
  return {
    ...(tasks.length > 0 && { tasks }),
    ...(images > 0 && { images }),
    ...(names.has('mask') && { mask: true }),
    previews: true,
    knobs: [...knobs, ...(names.has('width') && names.has('height') ? (['size'] as const) : [])],
  }
}

const sides = ['left', 'right', 'top', 'bottom']

function tasksOf(workflow: ComfyWorkflow): readonly ImageTask[] {
  const names = placeholdersIn(workflow)
  const words = names.has('prompt')
  const starts = names.has('image')
  const grows = Object.values(workflow).some(({ class_type }) => class_type === 'ImageUpscaleWithModel') && !words
  const upscales = starts && (names.has('factor') || grows)
  const isOwn = [...sides, 'factor'].some((name) => names.get(name))
  const can: Readonly<Record<ImageTask, boolean>> = {
    generate: words && !names.get('image') && !isOwn,
    edit: words && starts && !isOwn,
    variation: starts && !names.get('prompt') && !isOwn && !grows,
    outpaint: starts && sides.every((side) => names.has(side)),
    upscale: upscales,
  }
  return (Object.keys(can) as ImageTask[]).filter((task) => can[task])
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
