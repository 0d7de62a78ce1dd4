import { generateText } from '@anymodel/core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type LoadProgress, onnx } from '../onnx.ts'
import { filesIn, type HubServer, hubServer } from '../testing/hub-server.ts'
import { scratchFolder, type ToyOptions, toyModel } from '../testing/toy-model.ts'

let server: HubServer
beforeAll(async () => {
  server = await hubServer()
})
afterAll(() => server.close())

const says = 'from the hub'

it.each<[string, Partial<ToyOptions>]>([
  ['usual', { weightsIn: ['model.onnx_data'] }],
  ['named-weights', { weightsIn: ['weights.bin', 'more.bin'] }],
  ['genai', { genai: true, weightsIn: ['model.onnx.data'] }],
])(
  'a model answers from the hub at its first use, with progress, and from the cache after that: %s',
  async (name, options) => {
    server.repos[`org/${name}`] = { files: filesIn(toyModel({ says, ...options })) }
    const hub = { cache: scratchFolder(), endpoint: server.url }
    const ask = async (more: object = {}) => {
      const steps: LoadProgress[] = []
      const local = onnx({ hub: { ...hub, ...more }, onProgress: (step) => steps.push(step) })
      const { text } = await generateText({ model: local.text(`hf:org/${name}`), prompt: 'hi' })
      await local.close()
      return { text, stages: [...new Set(steps.map(({ stage }) => stage))] }
    }
    expect(await ask()).toEqual({ text: says, stages: ['download', 'read', 'prepare', 'ready'] })
    server.asked.length = 0
    expect(await ask({ offline: true })).toEqual({ text: says, stages: ['read', 'prepare', 'ready'] })
    expect(server.asked).toEqual([])
  },
)
