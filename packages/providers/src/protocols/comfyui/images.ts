import { createHash, randomInt, randomUUID } from 'node:crypto'
import { AnyModelError, type ImageCall, type JsonObject, type MediaInput } from '@anymodel/core'
import { defined } from '../../media/defined.ts'
import { objectOf } from '../../media/run-steps.ts'
import type { Ask, AskReply, Drawing, Step } from '../../media/steps.ts'
import { merge } from '../../open.ts'
import type { ImageFormat, Target } from '../../protocol.ts'
import { readHistory, readQueue } from './job.ts'
import { readMessage } from './messages.ts'
import { standardWorkflow } from './standard.ts'
import { type ComfyWorkflow, filled, placeholdersIn } from './workflow.ts'

/** For one call. Pictures to start from are uploaded one by one, then the workflow is queued, then the history is looked at until it has the pictures. */
export function comfyDrawing(workflows: ReadonlyMap<string, ComfyWorkflow>): ImageFormat {
  const client = randomUUID()
  const promptOf = (call: ImageCall, target: Target) => toPrompt(call, target, { workflows, client })
  return {
    request(call, target) {
      const prompt = promptOf(call, target)
      return { ...(uploads(call)[0] ?? prompt), warnings: [] }
    },
    read(reply, { call, target }) {
      const { path } = reply.asked
      if (path === '/upload/image') return uploaded(reply, call, () => promptOf(call, target))
      if (path === '/prompt') return queued(reply)
      return path.startsWith('/queue') ? readQueue(reply) : readHistory(reply, target)
    },
    socket: { path: `/ws?clientId=${client}`, read: readMessage },
  }
}

/** The name of a file on the server comes from its bytes: the same picture is there once. */
const fileName = ({ data, mediaType }: MediaInput): string =>
  `anymodel-${createHash('sha256').update(data).digest('hex').slice(0, 24)}.${mediaType.split('/')[1] ?? 'png'}`

function uploads({ images = [], mask }: ImageCall): Ask[] {
  const pictures = new Map([...images, ...(mask ? [mask] : [])].map((picture) => [fileName(picture), picture]))
  return [...pictures].map(([name, picture]) => ({
    path: '/upload/image',
    form: [
      { name: 'overwrite', value: 'true' },
      { name: 'image', value: { ...picture, fileName: name } },
    ],
  }))
}

/** `extra` goes into the first request by itself; here that is an upload. */
function uploaded({ asked }: AskReply, call: ImageCall, prompt: () => Ask): Step<Drawing> {
  const all = uploads(call)
  const nameIn = ({ form = [] }: Ask) =>
    form.map(({ value }) => (typeof value === 'string' ? '' : value.fileName)).join()
  const next = all[all.findIndex((ask) => nameIn(ask) === nameIn(asked)) + 1]
  if (next) return { type: 'ask', ask: next }
  const { body = {}, ...ask } = prompt()
  return { type: 'ask', ask: { ...ask, body: merge(body, call.extra ?? {}) as JsonObject } }
}

interface Setting {
  readonly workflows: ReadonlyMap<string, ComfyWorkflow>
  /** Who is told of the progress. */
  readonly client: string
}

function toPrompt(call: ImageCall, target: Target, { workflows, client }: Setting): Ask {
  const workflow = workflows.get(target.model) ?? standardWorkflow(target.model, call)
  const names = placeholdersIn(workflow)
  if (!names.has('prompt') && !names.has('image'))
    throw new AnyModelError('config', `The workflow ${target.model} has no {{prompt}}: put it where the words go.`)
  const values = new Map(Object.entries(valuesOf(call)))
  const missing = new Set<string>()
  const graph = filled(workflow, (name, usual) => {
    const value = values.get(name) ?? (usual !== undefined && numbers.has(name) ? Number(usual) : usual)
    if (value === undefined) missing.add(name)
    return value ?? ''
  })
  if (missing.size > 0) throw lacks([...missing], `${target.provider}/${target.model}`)
  return { path: '/prompt', body: { prompt: graph, client_id: client } }
}

/** Placeholders whose defaults are numbers. */
const numbers: ReadonlySet<string> = new Set([
  ...['seed', 'width', 'height', 'steps', 'guidance', 'strength'],
  ...['left', 'right', 'top', 'bottom', 'factor'],
])

/** What the placeholders stand for. */
function valuesOf(call: ImageCall) {
  const { images = [], mask, size, prompt, negativePrompt, steps, guidance, strength, seed, outpaint, upscale } = call
  const pictures = images.map((image, at) => [at === 0 ? 'image' : `image${at + 1}`, fileName(image)])
  return defined({
    ...{ negativePrompt, steps, guidance, strength, ...size, ...outpaint, ...upscale },
    ...Object.fromEntries(pictures),
    prompt: prompt === '' ? undefined : prompt,
    seed: seed ?? randomInt(2 ** 32),
    mask: mask && fileName(mask),
  })
}

const lacks = (names: readonly string[], model: string): AnyModelError =>
  new AnyModelError(
    'invalid-argument',
    `${model}: the workflow needs ${names.join(', ')}: pass that, or write a default, such as {{${names[0]}:20}}.`,
  )

function queued(reply: AskReply): Step<Drawing> {
  const { prompt_id: id } = objectOf(reply)
  if (typeof id !== 'string') throw new AnyModelError('malformed', 'ComfyUI queued a workflow without saying its id.')
  const cancel: Ask = { path: '/queue', body: { delete: [id] } }
  return { type: 'ask', ask: { path: `/history/${encodeURIComponent(id)}` }, wait: true, cancel }
}
