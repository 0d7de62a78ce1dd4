import { editImage, generateImage, type ImageModel, type JsonObject, upscaleImage } from '@anymodel/core'
import { describe, expect, it } from 'vitest'
import { type ComfyWorkflow, comfyui } from '../comfyui.ts'
import { readMessage } from '../protocols/comfyui/messages.ts'
import { png, type Reply, type Seen, serve } from '../testing/service.ts'

const jobs = { first: 5, most: 20, total: 5_000 }
const prompt = 'a cat'
const workflow: ComfyWorkflow = {
  1: {
    class_type: 'CLIPTextEncode',
    inputs: { text: 'oil painting of {{prompt}}, {{medium:canvas}}', clip: ['2', 1] },
  },
  3: { class_type: 'KSampler', inputs: { seed: '{{seed}}', steps: '{{steps:30}}', cfg: 7, positive: ['1', 0] } },
  4: { class_type: 'LoadImage', inputs: { image: '{{image}}' } },
}

const picture = { filename: 'a b.png', subfolder: 'x', type: 'output' }
const entry = { outputs: { 9: { images: [picture] } }, status: { status_str: 'success' } }

/** A server that answers the queue and the history as it is told to. */
const server = (told: { history?: (times: number) => unknown; queue?: unknown; prompt?: Reply }) =>
  serve(({ path, method }, times) => {
    if (path === '/prompt') return told.prompt ?? { json: { prompt_id: 'p1', number: 1, node_errors: {} } }
    if (path.startsWith('/history')) return { json: told.history?.(times) ?? {} }
    if (path.startsWith('/queue') && method === 'GET') return { json: told.queue ?? {} }
    return path.startsWith('/view') ? { bytes: png } : { json: {} }
  })

const running = { queue_running: [[1, 'p1', {}, {}, []]], queue_pending: [] }
const pending = { queue_running: [[0, 'p0', {}, {}, []]], queue_pending: [[1, 'p1', {}, {}, []]] }
const graphIn = (seen: readonly Seen[]) =>
  seen.find(({ path }) => path === '/prompt')?.body.prompt as Record<string, { inputs: Record<string, unknown> }>

describe('ComfyUI', () => {
  const of = (baseURL: string, id = 'sdxl.safetensors'): ImageModel =>
    comfyui({ baseURL, jobs, workflows: { oil: workflow } }).image(id)

  it('can do what its workflow has placeholders for', () => {
    const oil = { tasks: ['edit'], images: 1, previews: true, knobs: ['seed', 'steps'] }
    expect(of('http://127.0.0.1:1', 'oil').supports).toEqual(oil)
    const standard = { tasks: ['generate', 'edit', 'variation'], images: 1, mask: true }
    expect(of('http://127.0.0.1:1').supports).toMatchObject(standard)
    const tasksOf = (inputs: JsonObject, class_type = 'LoadImage') =>
      comfyui({ workflows: { own: { 1: { class_type, inputs } } } }).image('own').supports.tasks
    expect(tasksOf({ text: '{{prompt}}' })).toEqual(['generate'])
    expect(tasksOf({ text: '{{prompt}}', image: '{{image:a.png}}' })).toEqual(['generate', 'edit'])
    expect(tasksOf({ image: '{{image}}' })).toEqual(['variation'])
    expect(tasksOf({ image: '{{image}}' }, 'ImageUpscaleWithModel')).toEqual(['upscale'])
    expect(tasksOf({ image: '{{image}}', scale_by: '{{factor}}' })).toEqual(['upscale'])
    const sides = { left: '{{left}}', top: '{{top}}', right: '{{right}}', bottom: '{{bottom}}' }
    expect(tasksOf({ text: '{{prompt:}}', image: '{{image}}', ...sides })).toEqual(['outpaint'])
    expect(tasksOf({})).toBeUndefined()
  })

  it('paints beyond edges, varies and upscales with workflows for that', async () => {
    const { seen, origin } = await server({ history: () => ({ p1: entry }) })
    const pad = { image: '{{image}}', left: '{{left}}', top: '{{top}}', right: '{{right}}', bottom: '{{bottom}}' }
    const workflows: Record<string, ComfyWorkflow> = {
      wider: {
        1: { class_type: 'ImagePadForOutpaint', inputs: pad },
        2: { class_type: 'CLIPTextEncode', inputs: { text: '{{prompt:more of it}}' } },
      },
      larger: { 1: { class_type: 'ImageScaleBy', inputs: { image: '{{image}}', scale_by: '{{factor:4}}' } } },
    }
    const at = comfyui({ baseURL: origin, jobs, workflows })
    const last = () => graphIn(seen.filter(({ path }) => path === '/prompt').slice(-1))
    await editImage({ model: at.image('wider'), image: png, outpaint: { left: 64 } })
    expect(last()[1]?.inputs).toMatchObject({ left: 64, right: 0, top: 0, bottom: 0 })
    expect(last()[2]?.inputs.text).toBe('more of it')
    await upscaleImage({ model: at.image('larger'), image: png, factor: 2.5 })
    expect(last()[1]?.inputs.scale_by).toBe(2.5)
    await upscaleImage({ model: at.image('larger'), image: png })
    expect(last()[1]?.inputs.scale_by).toBe(4)
    await editImage({ model: of(origin), image: png })
    expect(last().positive?.inputs.text).toBe('')
    const asked = editImage({ model: at.image('larger'), image: png, instruction: 'larger' })
    await expect(asked).rejects.toMatchObject({ code: 'unsupported' })
  })

  it('fills the placeholders, numbers as numbers, and fetches what was saved', async () => {
    const { seen, origin } = await server({ history: (times) => (times > 0 ? { p1: entry } : {}), queue: running })
    const words = 'a {{seed}} "cat"'
    const { images, response } = await generateImage({
      model: of(origin, 'oil'),
      prompt: words,
      images: [png],
      seed: 5,
    })
    expect(images[0]).toMatchObject({ mediaType: 'image/png', width: 1 })
    expect(response.id).toBe('p1')
    const graph = graphIn(seen)
    expect(graph[1]?.inputs.text).toBe(`oil painting of ${words}, canvas`)
    expect(graph[3]?.inputs).toMatchObject({ seed: 5, steps: 30 })
    expect(graph[4]?.inputs.image).toMatch(/^anymodel-[0-9a-f]{24}\.png$/)
    expect(seen[0]?.path).toBe('/upload/image')
    expect(seen[0]?.text).toContain(`filename="${graph[4]?.inputs.image}"`)
    expect(seen.at(-1)?.path).toBe('/view?filename=a+b.png&subfolder=x&type=output')
  })

  it('says what a workflow needs before anything is sent', async () => {
    const { seen, origin } = await server({})
    const wordless = generateImage({ model: of(origin, 'oil'), prompt })
    await expect(wordless).rejects.toMatchObject({ code: 'unsupported', message: /it can edit\. Give it pictures/ })
    const bare: ComfyWorkflow = { 1: { class_type: 'A', inputs: { text: '{{prompt}}', steps: '{{steps}}' } } }
    const stepless = comfyui({ baseURL: origin, workflows: { bare } }).image('bare')
    const asked = generateImage({ model: stepless, prompt })
    await expect(asked).rejects.toMatchObject({ code: 'invalid-argument', message: /needs steps: pass that/ })
    const silent = comfyui({ baseURL: origin, workflows: { mute: { 1: { class_type: 'A', inputs: {} } } } })
    await expect(generateImage({ model: silent.image('mute'), prompt })).rejects.toMatchObject({ code: 'config' })
    expect(seen).toEqual([])
  })

  it('paints within a mask with the ordinary workflow', async () => {
    const { seen, origin } = await server({ history: () => ({ p1: entry }) })
    await generateImage({ model: of(origin), prompt, images: [png], mask: png, strength: 0.4, size: '64x32' })
    const graph = graphIn(seen)
    expect(graph.sampler?.inputs).toMatchObject({ denoise: 0.4, latent_image: ['masked', 0], steps: 20 })
    expect(graph.masked?.inputs).toEqual({ samples: ['latent', 0], mask: ['mask', 0] })
    expect(graph.scaled?.inputs).toMatchObject({ width: 64, height: 32 })
    expect(seen.filter(({ path }) => path === '/upload/image')).toHaveLength(1)
  })

  it.each([
    ['takes a workflow that waits out of the queue', pending, '/queue', { delete: ['p1'] }],
    ['interrupts a workflow that runs', running, '/interrupt', { prompt_id: 'p1' }],
  ])('%s when the caller gives up', async (_what, queue, path, body) => {
    const leaving = new AbortController()
    const history = (times: number) => {
      if (times === 1) leaving.abort(new Error('enough'))
      return {}
    }
    const { seen, origin } = await server({ history, queue })
    await expect(generateImage({ model: of(origin), prompt, signal: leaving.signal })).rejects.toThrow('enough')
    expect(seen.at(-1)).toMatchObject({ method: 'POST', path, body })
  })

  it('does not wait for a workflow that the server has lost', async () => {
    const { origin } = await server({ queue: { queue_running: [], queue_pending: [] } })
    await expect(generateImage({ model: of(origin), prompt })).rejects.toMatchObject({
      code: 'not-found',
      message: /lost/,
    })
  })

  it('says which node refused what', async () => {
    const errors = [{ message: 'Value not in list', details: "ckpt_name: 'sdxl.safetensors' not in []" }]
    const json = {
      error: { type: 'prompt_outputs_failed_validation', message: 'Prompt outputs failed validation', details: '' },
      node_errors: { checkpoint: { errors, class_type: 'CheckpointLoaderSimple' } },
    }
    const { origin } = await server({ prompt: { status: 400, json } })
    await expect(generateImage({ model: of(origin), prompt })).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringContaining("Value not in list: ckpt_name: 'sdxl.safetensors' not in []"),
    })
  })

  it.each([
    [
      ['execution_error', { node_type: 'KSampler', exception_message: 'out of memory\n' }],
      'server',
      /KSampler: out of/,
    ],
    [['execution_error', { node_type: 'LoadImage', exception_message: 'cannot identify' }], 'bad-request', /LoadImage/],
    [['execution_interrupted', {}], 'server', /interrupted/],
  ])('knows why a workflow ended without a picture: %j', async (message, code, words) => {
    const failed = { outputs: {}, status: { status_str: 'error', messages: [['execution_start', {}], message] } }
    const { origin } = await server({ history: () => ({ p1: failed }) })
    await expect(generateImage({ model: of(origin), prompt })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(words),
    })
  })
})

describe('messages of ComfyUI', () => {
  const picture = (...head: number[]) => Uint8Array.from([...head, ...png])
  const told = (message: string | Uint8Array, previews = true) => readMessage(message, { prompt, count: 1, previews })

  it('tell how far it is, and show pictures on the way where they are asked for', () => {
    const progress = JSON.stringify({ type: 'progress', data: { value: 5, max: 20 } })
    expect(told(progress)).toEqual([{ type: 'progress', fraction: 0.25, step: 5, steps: 20 }])
    const preview = { type: 'preview', index: 0, mediaType: 'image/png', data: Uint8Array.from(png) }
    expect(told(picture(0, 0, 0, 1, 0, 0, 0, 2))).toEqual([preview])
    expect(told(picture(0, 0, 0, 1, 0, 0, 0, 1))).toMatchObject([{ mediaType: 'image/jpeg' }])
    expect(told(picture(0, 0, 0, 1, 0, 0, 0, 2), false)).toEqual([])
  })

  it.each([
    '',
    'null',
    '[1]',
    '{"type":"progress"}',
    '{"type":"progress","data":null}',
    '{"type":"progress","data":{"value":"x","max":0}}',
    '{"type":"status","data":{"value":1,"max":2}}',
    Uint8Array.of(),
    Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 2),
    picture(0, 0, 0, 9, 0, 0, 0, 2),
  ])('are passed over where they say nothing: %j', (message) => {
    expect(told(message)).toEqual([])
  })
})
