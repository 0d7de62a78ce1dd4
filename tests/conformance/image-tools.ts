import { checkBase64, checkNames, checkPicture, drawn, drawnTimes, pixelsOf, sizeIn, type Wanted } from './drawn.ts'
import { drawnFiles } from './image-jobs.ts'
import { type Answer, type Asked, idIn, type Jobs, refused, type Service } from './loopback-services.ts'

/** The texts of a form, and its files, which are whole pictures. */
async function partsOf(form: FormData): Promise<{ texts: Record<string, string>; files: Record<string, Buffer> }> {
  const texts: Record<string, string> = {}
  const files: Record<string, Buffer> = {}
  for (const [name, value] of form)
    if (typeof value === 'string') texts[name] = value
    else files[name] = Buffer.from(await value.arrayBuffer())
  Object.values(files).map(checkPicture)
  return { texts, files }
}

const numberOr = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text))

/** What is drawn anew of a picture: of its size times `factor`, for the words or without any. */
function redrawn(
  picture: Buffer | undefined,
  prompt: unknown,
  { seed, factor = 1 }: { seed?: unknown; factor?: number },
) {
  const { width, height } = pixelsOf(picture ?? Buffer.alloc(0))
  const wanted = { prompt: prompt || 'no words', width: width * factor, height: height * factor }
  return drawn({ ...wanted, ...(seed !== undefined && { seed: Number(seed) }) })
}

const usual = 'negative_prompt seed output_format'
/** Fields of Stability's paths. */
const stabilityFields: Readonly<Record<string, string>> = {
  'generate/core': `prompt! aspect_ratio ${usual}`,
  'generate/ultra': `prompt! aspect_ratio image strength ${usual}`,
  'generate/sd3': `prompt! model! mode! aspect_ratio image strength cfg_scale ${usual}`,
  'edit/inpaint': `prompt! image! mask grow_mask ${usual}`,
  'edit/erase': 'image! mask seed output_format',
  'edit/outpaint': 'image! left right up down prompt seed output_format',
  'edit/remove-background': 'image! output_format',
  'edit/replace-background-and-relight': `subject_image! background_reference background_prompt ${usual}`,
  'control/structure': `prompt! image! control_strength ${usual}`,
  'upscale/fast': 'image! output_format',
  'upscale/conservative': `prompt! image! creativity ${usual}`,
  'upscale/creative': `prompt! image! creativity ${usual}`,
}
const upscaled = new Map<string, Buffer>()

/** https://platform.stability.ai/docs/api-reference */
const stability: Service = async ({ method, path, form, headers, here }, jobs) => {
  if (headers.accept !== 'application/json') return refused('JSON is answered.')
  const id = idIn(path, /\/results\/([^/]+)$/)
  if (method === 'GET') return stabilityJob(id, here, jobs)
  const tool = idIn(path, /\/stable-image\/(.+)$/)
  const known = stabilityFields[tool]
  if (!form || !known) return refused('There is no such path, or it wants a form.')
  const { texts, files } = await partsOf(form)
  checkNames({ ...texts, ...files }, known)
  if (tool.startsWith('generate')) {
    if ('image' in files !== 'strength' in texts) return refused('strength goes with an image.')
    const [{ png, seed } = { png: Buffer.alloc(0), seed: 0 }] = drawnTimes(1, {
      ...texts,
      seed: numberOr(texts.seed),
    } as unknown as Wanted)
    return { body: { image: png.toString('base64'), seed, finish_reason: 'SUCCESS' } }
  }
  const { prompt = texts.background_prompt, seed } = texts
  const picture = redrawn(files.image ?? files.subject_image, prompt, {
    seed,
    factor: tool.startsWith('upscale') ? 4 : 1,
  })
  if (tool !== 'upscale/creative' && !tool.endsWith('relight'))
    return { body: { image: picture.toString('base64'), seed: 1, finish_reason: 'SUCCESS' } }
  const job = jobs.begin()
  upscaled.set(here + job.id, picture)
  return { status: 202, body: { id: job.id } }
}

function stabilityJob(id: string, here: string, jobs: Jobs): Answer {
  const job = jobs.look(id)
  if (!job) return { status: 404, body: { id: 'x', name: 'not_found', errors: ['There is no such result.'] } }
  if (job.state !== 'done') return { status: 202, body: { id, status: 'in-progress' } }
  return { body: { result: upscaled.get(here + id)?.toString('base64'), finish_reason: 'SUCCESS', seed: 1 } }
}

/** Fields of Ideogram's paths. */
const ideogramFields: Readonly<Record<string, string>> = {
  '/v1/ideogram-v3/generate': 'prompt! num_images resolution aspect_ratio seed negative_prompt rendering_speed',
  '/v1/ideogram-v3/remix':
    'prompt! image! image_weight num_images resolution aspect_ratio seed negative_prompt rendering_speed',
  '/v1/ideogram-v3/inpaint': 'prompt! image! mask! num_images seed rendering_speed',
  '/v1/ideogram-v3/replace-background': 'prompt! image! num_images seed rendering_speed',
  '/v1/ideogram-v4/generate': 'text_prompt! resolution rendering_speed',
  '/v1/ideogram-v4/remix': 'text_prompt! image! image_weight resolution rendering_speed',
  '/v2/image/generate/ideogram-4-5': 'prompt! num_images size seed quality',
  '/v2/image/precise-edit/ideogram-4-5': 'prompt! image! reference_images mask num_images seed quality',
  '/v1/remove-background': 'image!',
  '/upscale': 'image_request! image_file!',
}

/** https://developer.ideogram.ai/api-reference */
const ideogram: Service = async (asked: Asked) => {
  const known = ideogramFields[asked.path]
  if (!asked.form || !known) return refused('There is no such path, or it wants a form.')
  const { texts, files } = await partsOf(asked.form)
  checkNames({ ...texts, ...files }, known)
  if (texts.aspect_ratio && !/^\d+x\d+$/.test(texts.aspect_ratio)) return refused('aspect_ratio looks like 16x9.')
  const { image_file: small = files.image } = files
  const request = JSON.parse(texts.image_request ?? '{}') as { num_images?: number; prompt?: string; seed?: number }
  const {
    prompt = texts.text_prompt ?? request.prompt,
    num_images: count = request.num_images ?? 1,
    seed = request.seed,
  } = texts
  const size = small
    ? pixelsOf(small)
    : asked.path.includes('v4')
      ? { width: 2048, height: 2048 }
      : { width: 1024, height: 1024 }
  const factor = asked.path === '/upscale' ? 2 : 1
  const wanted = {
    ...{ prompt: prompt || 'no words', width: size.width * factor, height: size.height * factor },
    ...sizeIn(texts.resolution ?? texts.size),
    ...(seed !== undefined && { seed: Number(seed) }),
  }
  const data = drawnTimes(Number(count), wanted).map((one) => ({
    ...{ url: drawnFiles.keep(asked, one.png), prompt, seed: one.seed, is_image_safe: true },
  }))
  return { body: { created: '2026-11-23T00:00:00Z', data } }
}

const recraftUsual = 'response_format! n style style_id negative_prompt controls'
/** Fields of Recraft's paths. */
const recraftFields: Readonly<Record<string, string>> = {
  generations: `prompt! model! size ${recraftUsual}`,
  imageToImage: `prompt! image_url! strength! model random_seed ${recraftUsual}`,
  inpaint: `prompt! image_url! mask_url! model ${recraftUsual}`,
  outpaint: `prompt! image_url! model expand_left expand_right expand_top expand_bottom ${recraftUsual}`,
  replaceBackground: `prompt! image_url! ${recraftUsual}`,
  removeBackground: 'image_url! response_format!',
  vectorize: 'image_url! response_format!',
  crispUpscale: 'image_url! response_format!',
  creativeUpscale: 'image_url! response_format!',
}

/** https://www.recraft.ai/docs/api-reference/endpoints */
const recraft: Service = ({ path, json }) => {
  const tool = idIn(path, /\/images\/(\w+)$/)
  const known = recraftFields[tool]
  if (!known) return refused('There is no such path.')
  checkNames(json, known)
  for (const image of [json.image_url, json.mask_url]) if (image !== undefined) checkBase64(image)
  const { prompt, n = 1 } = json
  if (!('prompt' in json)) return { body: { image: { b64_json: changed(tool, json.image_url).toString('base64') } } }
  const data = drawnTimes(Number(n), { prompt, ...sizeIn(json.size) }).map(({ png }) => ({
    b64_json: png.toString('base64'),
  }))
  return { body: { created: 1, credits: 40, data } }
}

function changed(tool: string, image: unknown): Buffer {
  if (tool === 'vectorize') return Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"/>')
  const picture = Buffer.from(String(image).replace(/^[^,]*,/, ''), 'base64')
  return redrawn(picture, tool, { factor: tool.endsWith('Upscale') ? 2 : 1 })
}

/** Services with tools for pictures. */
export const toolServices = { stability, ideogram, recraft } as const
