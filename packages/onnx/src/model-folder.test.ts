import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readModelFolder } from './model-folder.ts'
import { onnxFile } from './testing/onnx-file.ts'
import { scratchFolder, toyModel } from './testing/toy-model.ts'
import { loadEngine } from './text/engine.ts'

const toy = () => toyModel({ says: 'x' })
const load = async (folder: string) => loadEngine(readModelFolder({ folder }))

/** A toy model whose graph is replaced. */
function withGraph(bytes: Uint8Array): string {
  const folder = toy()
  writeFileSync(join(folder, 'onnx/model.onnx'), bytes)
  return folder
}

const value = (name: string, type: 'int64' | 'float32' = 'float32') => ({ name, type, shape: ['batch', 'length'] })

describe('a folder', () => {
  it('gives the most exact file, or the one that is asked for', () => {
    const folder = toy()
    for (const suffix of ['_q4', '_fp16', '_q4f16']) writeFileSync(join(folder, `onnx/model${suffix}.onnx`), 'weights')
    expect(readModelFolder({ folder }).dtype).toBe('fp32')
    expect(readModelFolder({ folder, dtype: 'q4f16' }).graph).toMatch(/model_q4f16\.onnx$/)
    rmSync(join(folder, 'onnx/model.onnx'))
    expect(readModelFolder({ folder }).dtype).toBe('fp16')
    expect(() => readModelFolder({ folder, dtype: 'int8' })).toThrow(/has no int8 file.*It has fp16, q4, q4f16/)
  })

  it('counts weights beside the graph', () => {
    const folder = toy()
    writeFileSync(join(folder, 'onnx/model.onnx_data'), 'weights')
    expect(readModelFolder({ folder }).weights).toHaveLength(2)
  })

  it('says what it lacks', () => {
    const folder = scratchFolder()
    expect(() => readModelFolder({ folder })).toThrow(/no config\.json, no tokenizer\.json, no onnx\/model\.onnx/)
    mkdirSync(join(folder, 'onnx'))
    writeFileSync(join(folder, 'config.json'), '{}')
    expect(() => readModelFolder({ folder })).toThrow(/it has no tokenizer\.json/)
  })

  it.each(['config.json', 'tokenizer.json', 'tokenizer_config.json', 'generation_config.json'])(
    'says that %s is damaged',
    (name) => {
      for (const content of ['{"a": ', '[]', '']) {
        const folder = toy()
        writeFileSync(join(folder, name), content)
        expect(() => readModelFolder({ folder })).toThrow(new RegExp(`${name} is damaged.*Download it again`))
      }
    },
  )

  it('tells a git-lfs pointer from weights', () => {
    const folder = withGraph(new TextEncoder().encode('version https://git-lfs.github.com/spec/v1\noid sha256:0'))
    expect(() => readModelFolder({ folder })).toThrow(/git lfs pull/)
  })
})

describe('a graph that can not run', () => {
  it.each([
    ['damaged bytes', new TextEncoder().encode('not a graph'), /damaged/],
    ['an empty file', new Uint8Array(), /model\.onnx can't be loaded/],
    [
      'an unknown operator',
      onnxFile({
        inputs: [value('input_ids', 'int64')],
        outputs: [value('logits')],
        constants: [],
        nodes: [{ op: 'Frobnicate', inputs: ['input_ids'], outputs: ['logits'] }],
      }),
      /operator.*Frobnicate/s,
    ],
    [
      'a graph of another kind',
      onnxFile({
        inputs: [value('pixels')],
        outputs: [value('embedding')],
        constants: [],
        nodes: [{ op: 'Identity', inputs: ['pixels'], outputs: ['embedding'] }],
      }),
      /no text model: it takes pixels and gives embedding/,
    ],
    [
      'an input that nobody feeds',
      onnxFile({
        inputs: [value('input_ids', 'int64'), value('speaker')],
        outputs: [value('logits')],
        constants: [],
        nodes: [{ op: 'Identity', inputs: ['speaker'], outputs: ['logits'] }],
      }),
      /wants the input "speaker"/,
    ],
  ])('%s is a config error that says so', async (_name, bytes, message) => {
    const error = await load(withGraph(bytes)).catch((e: unknown) => e)
    expect(error).toMatchObject({ code: 'config', retryable: false })
    expect((error as Error).message).toMatch(message)
  })

  it('a tokenizer that is none is one too', async () => {
    const folder = toy()
    writeFileSync(join(folder, 'tokenizer.json'), '{"model": {"type": "Magic"}}')
    await expect(load(folder)).rejects.toMatchObject({
      code: 'config',
      message: expect.stringMatching(/tokenizer\.json/),
    })
  })
})
