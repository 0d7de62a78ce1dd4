import { checkBase64, checkNames, drawn, drawnTimes, pixelsOf, type Wanted } from './drawn.ts'
import { type Answer, type Asked, idIn, type Job, missing, refused, type Service } from './loopback-services.ts'

const files = new Map<string, Buffer>()

/** Pictures that services give as links. */
export const drawnFiles = {
  /** Where the picture is from now on. */
  keep({ here }: Asked, png: Buffer): string {
    const name = `${files.size + 1}.png`
    files.set(name, png)
    return `${here}/files/${name}`
  },
  find({ path }: Asked): Answer | undefined {
    const png = files.get(idIn(path, /^\/files\/([^/]+)$/))
    return png && { headers: { 'content-type': 'image/png' }, body: png }
  },
}

/** Jobs with what they are to draw. */
const orders = new Map<string, Wanted & { readonly count: number }>()
const gone = missing('There is no such job.')

const linksOf = (asked: Asked, id: string): string[] => {
  const { count, ...wanted } = orders.get(asked.here + id) ?? { prompt: '', count: 0 }
  return drawnTimes(count, wanted).map(({ png }) => drawnFiles.keep(asked, png))
}

function order({ here }: Asked, { id }: Job, wanted: Wanted, count: unknown = 1): void {
  drawn(wanted)
  orders.set(here + id, { ...wanted, count: Number(count) })
}

const usual = 'prompt seed negative_prompt num_inference_steps output_format aspect_ratio'

/** Throws for inputs that a model does not have: what is known of it, else what most have. A picture or words there must be. */
function checkInput(input: Record<string, unknown>, known: string): void {
  checkNames(input, known)
  const pictures = Object.values(input)
    .flat()
    .filter((value) => String(value).startsWith('data:'))
  if (!input.prompt && pictures.length === 0) throw new Error('There must be words or a picture.')
  pictures.map(checkBase64)
}

/** What is drawn for an input: of a picture that is upscaled, more pixels. */
function wantedIn(
  { prompt, seed, width, height, ...rest }: Record<string, unknown>,
  picture: unknown,
  factor: unknown,
): Wanted {
  const size =
    factor === undefined ? { width, height } : pixelsIn(picture, Number.parseFloat(String(factor).replace('x', '')))
  const known = Object.entries({ seed, ...size }).filter(([, value]) => value !== undefined)
  return { ...rest, prompt: prompt || 'no words', ...Object.fromEntries(known) }
}

function pixelsIn(picture: unknown, factor: number) {
  const { width, height } = pixelsOf(Buffer.from(String(picture).replace(/^[^,]*,/, ''), 'base64'))
  return { width: width * factor, height: height * factor }
}

/** Inputs of models of Replicate that differ from the usual. */
const replicateModels: Readonly<Record<string, string>> = {
  'nightmareai/real-esrgan': 'image! scale!',
  'topazlabs/image-upscale': 'image! upscale_factor!',
  'black-forest-labs/flux-fill-pro': `image! mask num_outputs guidance prompt_strength width height ${usual}`,
  'google/nano-banana':
    'prompt! image_input aspect_ratio output_format seed negative_prompt num_inference_steps guidance width height num_outputs',
}

/** The same for fal. */
const falModels: Readonly<Record<string, string>> = {
  'fal-ai/clarity-upscaler': `image_url! upscale_factor guidance_scale ${usual}`,
  'fal-ai/flux-pro/v1/fill': `image_url! mask_url num_images image_size guidance_scale strength ${usual}`,
  'fal-ai/image-apps-v2/outpaint': `image_url! num_images expand_left expand_right expand_top expand_bottom image_size guidance_scale strength ${usual}`,
  'fal-ai/nano-banana/edit': `prompt! image_urls num_images image_size guidance_scale strength ${usual}`,
}

/** https://replicate.com/docs/reference/http */
const replicate: Service = (asked, jobs) => {
  const { method, path, json, here, headers } = asked
  const told = ({ id, state }: Job) => ({
    body: {
      id,
      status: { waiting: 'starting', running: 'processing', done: 'succeeded', cancelled: 'canceled' }[state],
      logs: state === 'running' ? ' 50%|#####     |' : '',
      output: state === 'done' ? linksOf(asked, id) : null,
      error: null,
      urls: { get: `${here}/v1/predictions/${id}`, cancel: `${here}/v1/predictions/${id}/cancel` },
    },
  })
  const id = idIn(path, /\/predictions\/([^/]+)/)
  if (path.endsWith('/cancel')) {
    jobs.cancel(id)
    return told({ id, state: 'cancelled' })
  }
  if (method === 'POST') {
    const { input = {} } = json as { input?: Record<string, unknown> }
    const model = idIn(path, /\/models\/([^/]+\/[^/]+)\//)
    checkInput(input, replicateModels[model] ?? `${usual} num_outputs width height guidance image prompt_strength`)
    const job = jobs.begin()
    order(asked, job, wantedIn(input, input.image, input.scale ?? input.upscale_factor), input.num_outputs)
    // A quick model is done before the request that waits for it has to be answered.
    if (String(headers.prefer).startsWith('wait') && path.includes('schnell'))
      return { status: 201, ...told({ ...job, state: 'done' }) }
    return { status: 201, ...told(job) }
  }
  const job = jobs.look(id)
  return job ? told(job) : { status: 404, body: { detail: 'Not found', status: 404 } }
}

/** https://docs.fal.ai/model-endpoints/queue */
const fal: Service = (asked, jobs) => {
  const { method, path, json, here } = asked
  const at = (id: string) => `${here}/fal-ai/flux/requests/${id}`
  const told = ({ id, state }: Job) => ({
    request_id: id,
    status: { waiting: 'IN_QUEUE', running: 'IN_PROGRESS', done: 'COMPLETED', cancelled: 'CANCELLED' }[state],
    status_url: `${at(id)}/status`,
    response_url: at(id),
    cancel_url: `${at(id)}/cancel`,
  })
  const id = idIn(path, /\/requests\/([^/?]+)/)
  if (method === 'PUT') {
    jobs.cancel(id)
    return { status: 202, body: { status: 'CANCELLATION_REQUESTED' } }
  }
  if (method === 'POST') {
    checkInput(json, falModels[path.slice(1)] ?? `${usual} num_images image_size guidance_scale image_url strength`)
    const job = jobs.begin()
    const wanted = { ...json, ...(json.image_size as object | undefined) }
    order(asked, job, wantedIn(wanted, json.image_url, json.upscale_factor), json.num_images)
    return { body: told(job) }
  }
  if (!/\/status(?:\?|$)/.test(path)) {
    const images = linksOf(asked, id).map((url) => ({ url, content_type: 'image/png' }))
    return { body: { images, has_nsfw_concepts: images.map(() => false) } }
  }
  const job = jobs.look(id)
  return job ? { body: told(job) } : { status: 404, body: { detail: 'Request not found' } }
}

/** https://docs.bfl.ai/api-reference */
const bfl: Service = (asked, jobs) => {
  const { method, path, json, here } = asked
  if (method === 'POST') {
    const pictures = Array.from({ length: 8 }, (_, at) => (at === 0 ? 'input_image' : `input_image_${at + 1}`))
    const usual = 'seed steps guidance output_format'
    const tools: Readonly<Record<string, string>> = {
      '/v1/flux-pro-1.0-fill': `prompt image! mask ${usual}`,
      '/v1/flux-pro-1.0-expand': `prompt image! left! right! top! bottom! ${usual}`,
    }
    checkNames(json, tools[path] ?? `prompt! width height aspect_ratio ${usual} ${pictures.join(' ')}`)
    for (const name of [...pictures, 'image', 'mask']) if (json[name] !== undefined) checkBase64(json[name])
    const job = jobs.begin()
    order(asked, job, wantedIn(json, undefined, undefined))
    return { body: { id: job.id, polling_url: `${here}/v1/get_result?id=${job.id}` } }
  }
  const id = idIn(path, /\?id=(.+)$/)
  const job = jobs.look(id)
  if (!job) return { body: { id, status: 'Task not found', result: null } }
  if (job.state !== 'done') return { body: { id, status: 'Pending', progress: job.state === 'running' ? 0.5 : 0 } }
  const [sample] = linksOf(asked, id)
  return { body: { id, status: 'Ready', result: { sample } } }
}

/** https://docs.lumalabs.ai/reference */
const luma: Service = (asked, jobs) => {
  const { method, path, json } = asked
  const words = { waiting: 'queued', running: 'dreaming', done: 'completed', cancelled: 'failed' }
  const told = ({ id, state }: Job) => ({
    body: { id, state: words[state], assets: state === 'done' ? { image: linksOf(asked, id)[0] } : null },
  })
  if (method === 'POST') {
    checkNames(json, 'model! prompt! aspect_ratio format')
    if (json.format !== undefined && json.format !== 'jpg' && json.format !== 'png')
      return refused('format is jpg or png.')
    const job = jobs.begin()
    order(asked, job, { prompt: json.prompt })
    return { status: 201, ...told(job) }
  }
  const id = idIn(path, /\/generations\/([^/]+)/)
  if (method === 'DELETE') {
    jobs.cancel(id)
    return { status: 204 }
  }
  const job = jobs.look(id)
  return job ? told(job) : gone
}

/** https://github.com/novicezk/midjourney-proxy/blob/main/docs/api.md */
const midjourney: Service = (asked, jobs) => {
  const { method, path, json } = asked
  if (method === 'POST') {
    checkNames(json, 'prompt! base64Array notifyHook state')
    for (const image of (json.base64Array as unknown[] | undefined) ?? []) checkBase64(image)
    const [, seed] = / --seed (\d+)/.exec(String(json.prompt)) ?? []
    const job = jobs.begin()
    order(asked, job, { prompt: json.prompt, ...(seed !== undefined && { seed: Number(seed) }) })
    return { body: { code: 1, description: 'Submitted.', result: job.id } }
  }
  const id = idIn(path, /\/task\/([^/]+)\/fetch/)
  const job = jobs.look(id)
  if (!job) return gone
  const told = {
    waiting: { status: 'SUBMITTED', progress: '0%' },
    running: { status: 'IN_PROGRESS', progress: '50%' },
    done: { status: 'SUCCESS', progress: '100%', imageUrl: job.state === 'done' ? linksOf(asked, id)[0] : '' },
    cancelled: { status: 'FAILURE', failReason: 'Cancelled.' },
  }
  return { body: { id, action: 'IMAGINE', ...told[job.state] } }
}

/** Services that draw while one asks how far they are; a job is done at the third look. */
export const jobServices = { replicate, fal, bfl, luma, midjourney } as const
