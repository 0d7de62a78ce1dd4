import { checkBase64, checkNames, checkPicture, drawn, drawnTimes, sizeIn, type Wanted } from './drawn.ts'
import { comfySocket, comfyui } from './image-comfy.ts'
import { drawnFiles, jobServices } from './image-jobs.ts'
import { toolServices } from './image-tools.ts'
import { webui } from './image-webui.ts'
import { type Answer, loopbackServices, refused, type Service, type Spoil } from './loopback-services.ts'

const base64 = (wanted: Wanted, count = 1) =>
  drawnTimes(count, wanted).map(({ png, seed }) => ({ b64_json: png.toString('base64'), seed }))
const times = (n: unknown): number => (n === undefined ? 1 : Number(n))
const textsOf = (form: FormData | undefined): Record<string, string> =>
  Object.fromEntries([...(form ?? [])].flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])))
const event = (type: string, more: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`

/** Colour types of PNG files that can be seen through. */
const isTransparent = (png: Buffer): boolean => png[25] === 4 || png[25] === 6

async function filesOf(form: FormData, name: RegExp): Promise<Buffer[]> {
  const files = [...form].flatMap(([key, value]) => (name.test(key) && typeof value !== 'string' ? [value] : []))
  return Promise.all(files.map(async (file) => Buffer.from(await file.arrayBuffer())))
}

const gptFields = 'model! prompt! n size quality background output_format stream partial_images'

/** https://platform.openai.com/docs/api-reference/images */
const openai: Service = async ({ path, json, form }) => {
  const fields = form ? textsOf(form) : json
  checkNames(fields, gptFields)
  if (path.endsWith('/edits') !== Boolean(form)) return refused('Edits are asked for by a form, pictures by JSON.')
  if (form) {
    const images = await filesOf(form, /^image(\[\])?$/)
    if (images.length === 0) return refused('There must be an image.')
    images.map(checkPicture)
    const masks = await filesOf(form, /^mask$/)
    masks.map(checkPicture)
    if (!masks.every(isTransparent)) return refused('A mask must have transparency.')
  }
  const wanted = { prompt: fields.prompt, ...sizeIn(fields.size) }
  const usage = { input_tokens: 5, output_tokens: 9, total_tokens: 14 }
  if (String(fields.stream) === 'true') {
    const [picture] = base64(wanted)
    const stream =
      event('image_generation.partial_image', { partial_image_index: 0, ...picture }) +
      event('image_generation.completed', { ...picture, usage })
    return { headers: { 'content-type': 'text/event-stream' }, body: Buffer.from(stream) }
  }
  const data = base64(wanted, times(fields.n)).map(({ b64_json }) => ({ b64_json }))
  return { body: { created: 1, output_format: 'png', data, usage } }
}

/** https://learn.microsoft.com/azure/ai-foundry/openai/latest: the same with another key, and in preview. */
const azure: Service = (asked, jobs) => {
  const [path = '', query] = asked.path.split('?')
  if (asked.headers['api-key'] === undefined) return refused('The key is in api-key.')
  if (query !== 'api-version=preview') return refused('Pictures are a preview.')
  return openai({ ...asked, path }, jobs)
}

/** https://openrouter.ai/docs/api-reference/images */
const openrouter: Service = ({ path, json }) => {
  if (!path.endsWith('/images')) return undefined
  checkNames(
    json,
    'model! prompt! n size resolution aspect_ratio seed quality background output_format output_compression input_references provider stream',
  )
  const references = (json.input_references ?? []) as readonly { type?: string; image_url?: { url?: string } }[]
  for (const { image_url } of references) checkBase64(image_url?.url)
  const wanted = { prompt: json.prompt, seed: json.seed, ...sizeIn(json.size) } as Wanted
  const usage = { prompt_tokens: 5, completion_tokens: 9, total_tokens: 14, cost: 0.04 }
  // Models of a few makers alone stream; of the others the whole answer comes.
  if (json.stream === true && String(json.model).startsWith('openai/')) {
    const [picture] = base64(wanted).map(({ b64_json }) => ({ b64_json, media_type: 'image/png' }))
    const stream =
      ': OPENROUTER PROCESSING\n\n' +
      event('image_generation.partial_image', { partial_image_index: 0, b64_json: picture?.b64_json }) +
      event('image_generation.completed', { created: 1, ...picture, usage })
    return { headers: { 'content-type': 'text/event-stream' }, body: Buffer.from(`${stream}data: [DONE]\n\n`) }
  }
  const data = base64(wanted, times(json.n)).map(({ b64_json }) => ({ b64_json, media_type: 'image/png' }))
  return { body: { created: 1, data, usage } }
}

/** https://docs.x.ai/docs/guides/image-generations */
const xai: Service = ({ path, json }) => {
  checkNames(json, 'model! prompt! n response_format aspect_ratio resolution images')
  const { images = [] } = json as { images?: readonly { type?: string; url?: string }[] }
  if (path.endsWith('/edits') !== images.length > 0) return refused('Edits have images, and only they.')
  for (const { url } of images) checkBase64(url)
  const data = base64({ prompt: json.prompt }, times(json.n)).map(({ b64_json }) => ({
    b64_json,
    mime_type: 'image/png',
  }))
  return { body: { data, usage: { cost_in_usd_ticks: 7 } } }
}

/** https://docs.together.ai/reference/post-images-generations */
const together: Service = ({ json }) => {
  checkNames(
    json,
    'model! prompt! width height n steps seed negative_prompt guidance_scale output_format response_format image_url reference_images',
  )
  if (json.response_format !== 'base64') return refused('response_format is base64 or url.')
  for (const url of [json.image_url ?? [], json.reference_images ?? []].flat()) checkBase64(url)
  const data = base64(json as unknown as Wanted, times(json.n)).map(({ b64_json }, index) => ({ index, b64_json }))
  return { body: { id: 'drawn', model: json.model, object: 'list', data } }
}

interface Instances {
  readonly instances: readonly { prompt?: string }[]
  readonly parameters?: Readonly<Record<string, unknown>>
}

/** https://ai.google.dev/gemini-api/docs/image-generation, and Imagen's `predict` */
const google: Service = ({ path, json }) => {
  if (path.endsWith(':predict')) return predicted(json as unknown as Instances)
  const { contents = [], generationConfig } = json as {
    contents?: { parts: { text?: string; inlineData?: { mimeType: string; data: string } }[] }[]
    generationConfig?: { responseModalities?: string[] }
  }
  if (!generationConfig?.responseModalities?.includes('IMAGE')) return refused('Pictures must be asked for.')
  const parts = contents.flatMap((content) => content.parts)
  for (const { inlineData } of parts) if (inlineData) checkBase64(inlineData.data)
  const data = drawn({ prompt: parts.map(({ text = '' }) => text).join('') }).toString('base64')
  const content = { role: 'model', parts: [{ inlineData: { mimeType: 'image/png', data } }] }
  const usageMetadata = { promptTokenCount: 5, candidatesTokenCount: 9, totalTokenCount: 14 }
  return { body: { candidates: [{ index: 0, content, finishReason: 'STOP' }], usageMetadata } }
}

function predicted({ instances, parameters = {} }: Instances): Answer {
  checkNames(
    parameters,
    'sampleCount aspectRatio seed addWatermark negativePrompt includeRaiReason outputOptions personGeneration language',
  )
  if (parameters.seed !== undefined && parameters.addWatermark !== false)
    return refused('A seed can not be had together with a watermark.')
  const wanted = { prompt: instances[0]?.prompt, seed: parameters.seed as number | undefined }
  const predictions = base64(wanted as Wanted, times(parameters.sampleCount)).map(({ b64_json }) => ({
    bytesBase64Encoded: b64_json,
    mimeType: 'image/png',
  }))
  return { body: { predictions } }
}

/** https://huggingface.co/docs/inference-providers/tasks/text-to-image */
const huggingface: Service = ({ json }) => {
  checkNames(json, 'inputs! parameters')
  const { parameters = {} } = json as { parameters?: Partial<Wanted> & { target_size?: object } }
  const isPicture = String(json.inputs).startsWith('iVBOR')
  const usual = 'negative_prompt num_inference_steps guidance_scale'
  checkNames(parameters, isPicture ? `prompt target_size ${usual}` : `width height seed scheduler ${usual}`)
  if (isPicture) checkBase64(json.inputs)
  const { prompt = isPicture ? 'no words' : json.inputs, target_size: size, ...rest } = parameters
  return { headers: { 'content-type': 'image/png' }, body: drawn({ ...rest, ...size, prompt }) }
}

const services = {
  ...jobServices,
  ...toolServices,
  comfyui,
  openai,
  azure,
  openrouter,
  xai,
  together,
  google,
  huggingface,
  webui,
} as const

/** Services that the suite and the official SDKs know. */
export type ImageService = keyof typeof services

/** All of them on one loopback server, each below a path of its own. */
export const imageServices = (spoil?: Spoil) =>
  loopbackServices<ImageService>(services, drawnFiles.find, { opened: comfySocket, spoil })
