import { expect, test } from 'vitest'
import { loadConfig } from '../config/load.ts'
import { testFile } from '../testing/config-file.ts'
import { readWorkflows } from './workflows.ts'

const nodes = { 1: { class_type: 'CLIPTextEncode', inputs: { text: '{{prompt}}' } } }
const written = (value: unknown): string =>
  testFile('workflow.json', typeof value === 'string' ? value : JSON.stringify(value))

test('a workflow is the nodes of a file, bare or as the server is sent them', () => {
  expect(readWorkflows({ oil: written(nodes), ink: written({ prompt: nodes }) })).toEqual({ oil: nodes, ink: nodes })
})

test.each([
  ['{ "1": ', 'is not JSON'],
  ['[]', 'is no workflow'],
  [{}, 'is no workflow'],
  [{ 1: { class_type: 'KSampler' } }, 'is no workflow'],
  [{ nodes: [], links: [], version: 0.4 }, 'was saved for the editor'],
])('%j is told for what it is', (value, message) => {
  const file = written(value)
  expect(() => readWorkflows({ oil: file })).toThrow(expect.objectContaining({ code: 'config' }))
  expect(() => readWorkflows({ oil: file })).toThrow(`The workflow oil (${file}) ${message}`)
})

test('a file that is not there is told by its path', () => {
  expect(() => readWorkflows({ oil: '/nowhere/oil.json' })).toThrow(
    "The workflow oil (/nowhere/oil.json) can't be read",
  )
})

test.each([
  [{ midjourney: { baseURL: 'http://x' } }, 'acceptTerms'],
  [{ midjourney: { baseURL: 'http://x', acceptTerms: false } }, "true, once you have read Midjourney's terms"],
  [{ midjourney: { acceptTerms: true } }, 'baseURL'],
  [{ groq: { acceptTerms: true } }, 'providers.groq.acceptTerms is not a key that stands here'],
  [{ groq: { workflows: {} } }, 'providers.groq.workflows is not a key that stands here'],
  [{ comfyui: { workflows: { oil: 5 } } }, 'providers.comfyui.workflows.oil must be a text'],
])('%j is refused by the grammar', async (providers, message) => {
  await expect(loadConfig({ providers } as never)).rejects.toMatchObject({
    code: 'config',
    message: expect.stringContaining(message),
  })
})

test('Midjourney is nothing that a role may name without an entry', async () => {
  await expect(loadConfig({ models: { image: 'midjourney/midjourney' } })).rejects.toMatchObject({ code: 'config' })
})
