import { existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readModelFolder } from './model-folder.ts'
import { readGraphFile } from './runtime/graph-file.ts'
import { ask, textIn, toyEngine } from './testing/ask.ts'
import { onnxFile } from './testing/onnx-file.ts'
import { scratchFolder, type ToyOptions, toyModel } from './testing/toy-model.ts'
import { loadEngine } from './text/engine.ts'

const says = 'one cache or two, in one file or three'

describe('a text model answers, however it lies in its folder', () => {
  it.each<[string, Partial<ToyOptions>]>([
    ['keys and values apart', {}],
    ['keys and values in one tensor', { cache: 'fused' }],
    ['halves', { precision: 'float16' }],
    ['halves in one tensor', { precision: 'float16', cache: 'fused' }],
    ['weights beside the graph', { weightsIn: ['model.onnx_data'] }],
    ['weights in several files', { weightsIn: ['model.onnx_data', 'model.onnx_data_1'] }],
    ['weights in a file with a name of its own', { weightsIn: ['weights.bin'] }],
    ['halves beside the graph', { precision: 'float16', weightsIn: ['model_fp16.onnx_data'] }],
    ['the layout of onnxruntime-genai', { genai: true, weightsIn: ['model.onnx.data'] }],
  ])('%s', async (_name, options) => {
    const engine = await toyEngine({ says, ...options })
    expect(textIn(await ask(engine))).toBe(says)
    expect(textIn(await ask(engine, { maxTokens: 5 }))).toBe(says.slice(0, 5))
    await engine.dispose()
  })

  it('counts all files that its weights are in', () => {
    const folder = toyModel({ says, weightsIn: ['model.onnx_data', 'other.bin'] })
    const names = readModelFolder({ folder }).weights.map((path) => path.slice(folder.length + 1))
    expect(names.sort()).toEqual(['onnx/model.onnx', 'onnx/model.onnx_data', 'onnx/other.bin'])
  })

  it('takes context and end from genai_config.json', async () => {
    const folder = toyModel({ says, genai: true, context: 12 })
    const engine = await loadEngine(readModelFolder({ folder }))
    expect(engine.context).toBe(12)
    expect([...engine.ends]).toContain(256)
    await engine.dispose()
  })
})

describe('a folder that lacks something says what', () => {
  it('weights that the graph names', () => {
    const folder = toyModel({ says, weightsIn: ['model.onnx_data', 'other.bin'] })
    rmSync(join(folder, 'onnx/other.bin'))
    expect(() => readModelFolder({ folder })).toThrow(/keeps weights in .*other\.bin, which is not there/)
    writeFileSync(join(folder, 'onnx/other.bin'), 'version https://git-lfs.github.com/spec/v1\n')
    expect(() => readModelFolder({ folder })).toThrow(/git lfs pull/)
  })

  it('weights that lie outside', () => {
    const folder = toyModel({ says, weightsIn: ['x.bin'] })
    const graph = join(folder, 'onnx/model.onnx')
    const bytes = readFileSync(graph, 'latin1').replace('x.bin', '../..')
    writeFileSync(graph, bytes, 'latin1')
    expect(() => readModelFolder({ folder })).toThrow(/from outside its folder/)
  })

  it.each([
    ['{"model": {"decoder": {"filename": "../../x.onnx"}}}', /decoder\.filename has to name a graph in the folder/],
    ['{"model": {"decoder": {}}}', /decoder\.filename/],
    ['{}', /decoder\.filename/],
    ['{"model": {"decoder": {"filename": "none.onnx"}}}', /There is no graph .*none\.onnx/],
    [
      '{"model": {"vision": {}, "decoder": {"filename": "model.onnx"}}}',
      /several graphs \(genai_config\.json has vision\)/,
    ],
    ['{"model": {"decoder": {"filename": "model.onnx", "pipeline": []}}}', /has pipeline\)/],
    ['[', /genai_config\.json is damaged/],
  ])('genai_config.json that is %s', (text, message) => {
    const folder = toyModel({ says, genai: true })
    writeFileSync(join(folder, 'genai_config.json'), text)
    expect(() => readModelFolder({ folder })).toThrow(message)
  })

  it.each([
    ['model.safetensors', /weights for PyTorch: export it to ONNX/],
    ['x.gguf', /GGUF/],
    ['model_index.json', /makes pictures/],
  ])('and what it seems to be: %s', (name, message) => {
    const folder = scratchFolder()
    writeFileSync(join(folder, name), '')
    expect(() => readModelFolder({ folder })).toThrow(message)
  })
})

describe('the face of a graph', () => {
  it('is read without its weights', () => {
    const folder = toyModel({ says, precision: 'float16', cache: 'fused', weightsIn: ['a.bin', 'b.bin'] })
    expect(readGraphFile(join(folder, 'onnx/model_fp16.onnx'))).toMatchObject({
      inputs: [
        { name: 'input_ids', type: 'int64', shape: ['batch', 'length'] },
        { name: 'attention_mask', type: 'int64', shape: ['batch', 'total'] },
        { name: 'past_0', type: 'float16', shape: [2, 'batch', 1, 'past', 1] },
      ],
      outputs: [
        { name: 'logits', type: 'float16', shape: ['batch', 'length', 258] },
        { name: 'present_0', type: 'float16', shape: [2, 'batch', 1, 'total', 1] },
      ],
      opset: 17,
      external: ['a.bin', 'b.bin'],
    })
  })

  it('a file that is cut off anywhere, or no graph, is a config error', () => {
    const file = join(scratchFolder(), 'model.onnx')
    const whole = onnxFile({
      inputs: [{ name: 'a', type: 'int64', shape: [1] }],
      outputs: [{ name: 'b', type: 'int64', shape: [1] }],
      constants: [{ name: 'c', type: 'int64', dims: [2], data: BigInt64Array.of(1n, 2n) }],
      nodes: [{ op: 'Add', inputs: ['a', 'c'], outputs: ['b'], attributes: { axis: 1 } }],
    })
    writeFileSync(file, whole)
    expect(readGraphFile(file).outputs).toHaveLength(1)
    const graphEnd = whole.length - 4
    for (let length = graphEnd - 1; length >= 0; length--) {
      truncateSync(file, length)
      expect(() => readGraphFile(file)).toThrow(expect.objectContaining({ code: 'config' }))
    }
    for (const bytes of [
      new Uint8Array(100).fill(255),
      new Uint8Array(100).fill(0x0b),
      Buffer.from('hello, I am text'),
    ]) {
      writeFileSync(file, bytes)
      expect(() => readGraphFile(file)).toThrow(/is damaged/)
    }
  })

  const shared = join(
    import.meta.dirname,
    '../../../../shared/models/whisper-tiny.en/onnx/decoder_model_merged_quantized.onnx',
  )
  it.skipIf(!existsSync(shared))('a merged decoder has its graphs inside (skipped without the shared models)', () => {
    const { inputs, outputs, external } = readGraphFile(shared)
    expect(inputs.map(({ name }) => name)).toContain('use_cache_branch')
    expect(outputs[0]).toMatchObject({ name: 'logits', type: 'float32' })
    expect(external).toEqual([])
  })
})
