import { decodePng } from '@anymodel/core/png'
import { checkNames, checkPicture, drawn, type Wanted } from './drawn.ts'
import { type Asked, idIn, refused, type Service } from './loopback-services.ts'
import type { SendMessage } from './loopback-socket.ts'

type Node = { readonly class_type: string; readonly inputs: Readonly<Record<string, unknown>> }
type Graph = Readonly<Record<string, Node>>

/** Inputs of the nodes that this server has, as its `/object_info` would tell them. */
const known: Readonly<Record<string, string>> = {
  CheckpointLoaderSimple: 'ckpt_name',
  CLIPTextEncode: 'clip text',
  EmptyLatentImage: 'batch_size height width',
  ImagePadForOutpaint: 'bottom feathering image left right top',
  ImageScale: 'crop height image upscale_method width',
  ImageScaleBy: 'image scale_by upscale_method',
  KSampler: 'cfg denoise latent_image model negative positive sampler_name scheduler seed steps',
  LoadImage: 'image',
  LoadImageMask: 'channel image',
  SaveImage: 'filename_prefix images',
  SetLatentNoiseMask: 'mask samples',
  VAEDecode: 'samples vae',
  VAEEncode: 'pixels vae',
  VAEEncodeForInpaint: 'grow_mask_by mask pixels vae',
}

const numbers: Readonly<Record<string, readonly string[]>> = {
  ImagePadForOutpaint: ['left', 'right', 'top', 'bottom', 'feathering'],
  ImageScaleBy: ['scale_by'],
  KSampler: ['seed', 'steps', 'cfg', 'denoise'],
}

const uploads = new Map<string, Buffer>()
const done = new Map<string, Graph>()

const nodes = (graph: Graph, type: string) => Object.values(graph).filter(({ class_type }) => class_type === type)

/** Throws unless each node is one of ours, has its inputs, and is joined to nodes that are there. */
function check(graph: Graph): void {
  for (const { class_type: type, inputs } of Object.values(graph)) {
    if (Object.keys(inputs).sort().join(' ') !== known[type]) throw new Error(`${type} has other inputs.`)
    for (const value of Object.values(inputs))
      if (Array.isArray(value) && !graph[String(value[0])]) throw new Error(`There is no node ${value[0]}.`)
  }
  for (const { class_type: type, inputs } of Object.values(graph))
    for (const name of numbers[type] ?? [])
      if (typeof inputs[name] !== 'number') throw new Error(`${name} must be a number.`)
  for (const { inputs } of [...nodes(graph, 'LoadImage'), ...nodes(graph, 'LoadImageMask')])
    if (!uploads.has(String(inputs.image))) throw new Error(`image - Invalid image file: ${inputs.image}`)
}

/** What the graph draws, or why it fails on the way. */
function execute(graph: Graph): Buffer | string {
  const { positive, seed } = nodes(graph, 'KSampler')[0]?.inputs ?? {}
  const words = graph[String((positive as unknown[] | undefined)?.[0])]?.inputs.text
  try {
    for (const { inputs } of nodes(graph, 'LoadImage')) checkPicture(uploads.get(String(inputs.image)) as Buffer)
  } catch {
    return 'cannot identify image file'
  }
  // Without words a model goes by the picture alone.
  return drawn({ prompt: words || 'no words', ...(typeof seed === 'number' && { seed }), ...sizeOf(graph) })
}

/** How large a graph's picture becomes. */
function sizeOf(graph: Graph): Pick<Wanted, 'width' | 'height'> {
  const [size] = [...nodes(graph, 'ImageScale'), ...nodes(graph, 'EmptyLatentImage')]
  const [scale] = nodes(graph, 'ImageScaleBy')
  const [pad] = nodes(graph, 'ImagePadForOutpaint')
  if (!scale && !pad) return (size?.inputs ?? {}) as Partial<Wanted>
  const old = decodePng(uploads.get(String(nodes(graph, 'LoadImage')[0]?.inputs.image)) as Buffer, 0)
  const { scale_by: by = 1 } = (scale?.inputs ?? {}) as { scale_by?: number }
  const { left = 0, right = 0, top = 0, bottom = 0 } = (pad?.inputs ?? {}) as Record<string, number>
  return { width: Math.round(old.width * by) + left + right, height: Math.round(old.height * by) + top + bottom }
}

function history(id: string, graph: Graph) {
  const result = execute(graph)
  if (typeof result === 'string') {
    const error = { node_type: 'LoadImage', exception_type: 'PIL.UnidentifiedImageError', exception_message: result }
    const messages = [
      ['execution_start', {}],
      ['execution_error', error],
    ]
    return { prompt: [1, id, graph, {}, ['save']], outputs: {}, status: { status_str: 'error', messages } }
  }
  const images = [{ filename: `${id}.png`, subfolder: '', type: 'output' }]
  const status = { status_str: 'success', completed: true, messages: [['execution_success', {}]] }
  return { prompt: [1, id, graph, {}, ['save']], outputs: { save: { images } }, status }
}

/** Clients of the jobs. */
const clients = new Map<string, string>()
/** Who listens, by the client's id. */
const listeners = new Map<string, SendMessage>()
const told = new Set<string>()

export const comfySocket = (path: string, send: SendMessage): void =>
  void listeners.set(idIn(path, /\/ws\?clientId=(.+)$/), send)

/** Tells how far a job is once somebody listens. */
function tell(id: string, client: string): void {
  const send = listeners.get(client)
  if (!send || told.has(id)) return
  send(JSON.stringify({ type: 'executing', data: { node: 'sampler', prompt_id: id } }))
  send(JSON.stringify({ type: 'progress', data: { value: 10, max: 20, prompt_id: id, node: 'sampler' } }))
  send(Buffer.concat([Buffer.from([0, 0, 0, 1, 0, 0, 0, 2]), drawn({ prompt: 'half of it' })]))
  told.add(id)
}

async function upload({ form }: Asked) {
  const file = form?.get('image')
  if (!file || typeof file === 'string') return refused('image must be a file.')
  uploads.set(file.name, Buffer.from(await file.arrayBuffer()))
  return { body: { name: file.name, subfolder: '', type: 'input' } }
}

/** https://docs.comfy.org/development/comfyui-server/comms_routes */
export const comfyui: Service = (asked, jobs) => {
  const { method, path, json } = asked
  if (path === '/upload/image') return upload(asked)
  if (method === 'POST' && path === '/prompt') {
    checkNames(json, 'prompt! client_id! extra_data')
    const { prompt, client_id: client } = json as { prompt: Graph; client_id: string }
    check(prompt)
    const { id } = jobs.begin()
    done.set(id, prompt)
    clients.set(id, client)
    return { body: { prompt_id: id, number: 1, node_errors: {} } }
  }
  if (method === 'POST') return { status: 200 }
  if (path.startsWith('/queue')) {
    const item = (id: string) => [1, id, {}, {}, []]
    return { body: { queue_running: [...done.keys()].map(item), queue_pending: [] } }
  }
  const shown = idIn(path, /^\/view\?filename=(.+?)\.png&subfolder=&type=output$/)
  const graph = done.get(shown || idIn(path, /^\/history\/(\w+)/))
  if (shown && graph) return { headers: { 'content-type': 'image/png' }, body: execute(graph) }
  const id = idIn(path, /^\/history\/(\w+)/)
  const isTold = told.has(id)
  tell(id, clients.get(id) ?? '')
  const job = isTold ? jobs.look(id) : undefined
  return { body: job?.state === 'done' && graph ? { [job.id]: history(job.id, graph) } : {} }
}
