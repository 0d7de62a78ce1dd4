import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { HubOptions } from '../hub/options.ts'
import { commitA, commitB, type HubServer, hubServer } from '../testing/hub-server.ts'
import { onnxFile } from '../testing/onnx-file.ts'
import { toyEncoder } from '../testing/toy-encoder.ts'
import { scratchFolder, toyModel } from '../testing/toy-model.ts'
import { describeModel } from './describe.ts'
import { listModels } from './list.ts'
import { pullModel } from './pull.ts'
import { removeModel } from './remove.ts'

const files = { 'config.json': '{}', 'onnx/model_q4.onnx': 'four bits', 'onnx/model_fp16.onnx': 'sixteen bits' }

let server: HubServer
let hub: HubOptions & { cache: string }
beforeAll(async () => {
  server = await hubServer()
})
afterAll(() => server.close())
beforeEach(() => {
  server.repos['org/repo'] = { files }
  server.repos['org/many'] = {
    files: { 'a/b/model.onnx': 'x', 'a/b/genai_config.json': '{}', 'a/c/onnx/model_q4.onnx': 'y' },
  }
  hub = { cache: join(scratchFolder(), 'cache'), endpoint: server.url }
})

const fromHub = () => listModels({ hub }).filter(({ from }) => from === 'hub')
const inCache = () => (existsSync(hub.cache) ? readdirSync(join(hub.cache, 'hf'), { recursive: true }) : [])

describe('the list', () => {
  it('has what was pulled, with precisions, revisions and sizes, and what is installed', async () => {
    expect(fromHub()).toEqual([])
    await pullModel('hf:org/repo:q4', { hub })
    await pullModel('hf:org/many/a/b', { hub })
    await pullModel('hf:org/many/a/c:q4', { hub })
    server.repos['org/repo'] = { files, commit: commitB }
    await pullModel(`hf:org/repo@${commitB}`, { hub })
    expect(fromHub()).toMatchObject([
      { name: 'hf:org/many/a/b', dtypes: [], complete: true, revisions: ['main'] },
      { name: 'hf:org/many/a/c', dtypes: ['q4'], complete: true, bytes: 1 },
      { name: 'hf:org/repo', dtypes: ['q4'], version: commitA, complete: true, bytes: 11 },
      { name: `hf:org/repo@${commitB}`, dtypes: ['fp16'], version: commitB, revisions: [] },
    ])
    const installed = listModels({ hub }).find(({ name }) => name === 'npm:@anymodel/model-smollm2-135m-instruct')
    expect(installed).toMatchObject({ from: 'npm', dtypes: ['q4'], version: expect.stringMatching(/^\d+\.\d+/) })
  })

  it('says which download was not finished, and stands what is damaged', async () => {
    server.fault = ({ path }, res) => path.includes('model_q4') && void res.writeHead(403).end() === undefined
    await expect(pullModel('hf:org/repo:q4', { hub })).rejects.toMatchObject({ code: 'auth' })
    server.fault = undefined
    expect(fromHub()).toMatchObject([{ name: 'hf:org/repo', complete: false, dtypes: [] }])
    const repo = join(hub.cache, 'hf/org/repo')
    writeFileSync(join(repo, 'refs/%zz'), commitA)
    writeFileSync(join(hub.cache, 'hf/stray'), '')
    expect(fromHub()).toHaveLength(1)
    writeFileSync(join(repo, `${commitA}.json`), '{')
    expect(fromHub()).toEqual([])
  })
})

describe('removing', () => {
  it('takes all of a repository away, and says how much that is', async () => {
    await pullModel('hf:org/repo:q4', { hub })
    await pullModel('hf:org/repo:fp16', { hub })
    const { bytes } = removeModel('hf:org/repo', hub)
    expect(bytes).toBeGreaterThan('{}four bitssixteen bits'.length)
    expect(inCache()).toEqual([])
  })

  it('takes one revision away and leaves others', async () => {
    await pullModel('hf:org/repo', { hub })
    server.repos['org/repo'] = { files, commit: commitB }
    await pullModel(`hf:org/repo@${commitB}`, { hub })
    removeModel('hf:org/repo@main', hub)
    expect(fromHub().map(({ version }) => version)).toEqual([commitB])
    removeModel(`hf:org/repo@${commitB}`, hub)
    expect(inCache()).toEqual([])
  })

  it.each([
    ['hf:org/none', /is not in .*anymodel list/],
    ['hf:org/repo@v2', /is not in/],
    ['hf:org/repo:q4', /part of a model\. Name all of it: hf:org\/repo$/],
    ['hf:org/many/a/b', /Name all of it: hf:org\/many$/],
    ['hf:../../x', /is named hf:<org>/],
    ['npm:@anymodel/model-x', /npm uninstall @anymodel\/model-x/],
    ['dir:/', /folder of yours/],
    ['org/repo', /are named hf:<org>/],
  ])('%s is refused', async (id, message) => {
    await pullModel('hf:org/repo', { hub })
    const before = inCache()
    expect(() => removeModel(id, hub)).toThrow(message)
    expect(inCache()).toEqual(before)
  })

  it('never follows a link out of the cache', () => {
    const outside = scratchFolder()
    mkdirSync(join(outside, 'repo'))
    writeFileSync(join(outside, 'repo/precious'), '')
    mkdirSync(join(hub.cache, 'hf/me'), { recursive: true })
    symlinkSync(outside, join(hub.cache, 'hf/org'))
    symlinkSync(join(outside, 'repo'), join(hub.cache, 'hf/me/repo'))
    for (const id of ['hf:org/repo', 'hf:me/repo']) expect(() => removeModel(id, hub)).toThrow(/leads out of the cache/)
    expect(existsSync(join(outside, 'repo/precious'))).toBe(true)
  })
})

describe('a description', () => {
  it('says what a text model takes and gives, and how large it is', () => {
    const folder = toyModel({ says: 'x', weightsIn: ['model.onnx_data'], context: 77 })
    writeFileSync(join(folder, 'README.md'), '---\ntags: [a]\nlicense: "apache-2.0" # fine\n---\nlicense: mit\n')
    const model = describeModel(`dir:${folder}`)
    expect(model).toMatchObject({ kind: 'text', dtype: 'fp32', contextLength: 77, license: 'apache-2.0' })
    expect(model.graphs).toMatchObject([{ path: 'onnx/model.onnx', opset: 17, external: ['model.onnx_data'] }])
    expect(model.graphs[0]?.inputs[0]).toEqual({ name: 'input_ids', type: 'int64', shape: ['batch', 'length'] })
    expect(model.dtypes).toEqual([{ dtype: 'fp32', bytes: model.memory.weights }])
    expect(model.memory.weights).toBeGreaterThan(3 * 258 * 4)
  })

  it.each([
    ['text', () => toyModel({ says: 'x', genai: true })],
    ['embedding', () => toyEncoder()],
    [
      'rerank',
      () =>
        toyEncoder({ gives: 'pairs', files: { 'config.json': { architectures: ['BertForSequenceClassification'] } } }),
    ],
  ])('tells that a model is of the kind %s', (kind, folder) => {
    expect(describeModel(`dir:${folder()}`).kind).toBe(kind)
  })

  const shared = join(import.meta.dirname, '../../../../../shared/models')
  it.skipIf(!existsSync(shared)).each([
    ['image', 'shapes-diffusion'],
    ['transcription', 'whisper-tiny.en'],
    ['embedding', 'all-minilm-l6-v2'],
    ['embedding', 'glove-20k-100d-onnx'],
    ['text', 'stories260k-onnx'],
  ])('tells the kind %s of real files (skipped without the shared models)', (kind, name) => {
    expect(describeModel(`dir:${join(shared, name)}`).kind).toBe(kind)
  })

  it('takes the licence of a package, and knows none where none is told', () => {
    const folder = toyEncoder()
    expect(describeModel(`dir:${folder}`).license).toBeUndefined()
    writeFileSync(join(folder, 'package.json'), '{"license": "MIT"}')
    expect(describeModel(`dir:${folder}`).license).toBe('MIT')
    writeFileSync(join(folder, 'README.md'), '---\nlicense: other\nlicense_name: gemma\n---')
    expect(describeModel(`dir:${folder}`).license).toBe('gemma')
  })

  it('stands a config with anything in it', () => {
    const folder = toyEncoder({ files: { 'config.json': { architectures: 7, max_position_embeddings: 'many' } } })
    expect(describeModel(`dir:${folder}`)).toMatchObject({ kind: 'embedding' })
  })

  it('says what a folder lacks, and that a graph is damaged', () => {
    expect(() => describeModel(`dir:${scratchFolder()}`)).toThrow(/has no config\.json, no tokenizer\.json/)
    const folder = toyEncoder()
    expect(() => describeModel(`dir:${folder}:q4`)).toThrow(/has no q4 file.*It has fp32/)
    writeFileSync(join(folder, 'onnx/model.onnx'), onnxFile({ inputs: [], outputs: [], constants: [], nodes: [] }))
    expect(() => describeModel(`dir:${folder}`)).toThrow(/damaged: it holds no graph/)
  })
})
