import { readFileSync } from 'node:fs'
import { AnyModelError } from '@anymodel/core'
import type { ComfyWorkflow } from '@anymodel/providers/comfyui'

/** Largest file of a workflow. */
const mostBytes = 10_000_000

/** The workflows of ComfyUI in these files, by the same names. Throws `config` for what can't be read, and for what is no workflow in the format of its API. */
export const readWorkflows = (files: Readonly<Record<string, string>>): Readonly<Record<string, ComfyWorkflow>> =>
  Object.fromEntries(Object.entries(files).map(([name, file]) => [name, readWorkflow(name, file)]))

function readWorkflow(name: string, file: string): ComfyWorkflow {
  const wrong = (what: string, cause?: unknown): never => {
    throw new AnyModelError('config', `The workflow ${name} (${file}) ${what}`, { cause })
  }
  let value: unknown
  try {
    const bytes = readFileSync(file)
    if (bytes.length > mostBytes) wrong(`is larger than ${mostBytes} bytes.`)
    value = JSON.parse(bytes.toString())
  } catch (error) {
    return wrong(
      error instanceof SyntaxError ? `is not JSON: ${error.message}` : `can't be read: ${String(error)}`,
      error,
    )
  }
  // What ComfyUI's server is sent has the nodes under `prompt`.
  const nodes = fields(fields(value).prompt ?? value)
  if (Array.isArray(nodes.nodes))
    wrong('was saved for the editor. Export it for the API: in ComfyUI, Workflow, Export (API).')
  const isWorkflow = (node: unknown) => typeof fields(node).class_type === 'string' && isMap(fields(node).inputs)
  if (Object.keys(nodes).length === 0 || !Object.values(nodes).every(isWorkflow))
    wrong('is no workflow of ComfyUI: each of its nodes has class_type and inputs.')
  return nodes as ComfyWorkflow
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const fields = (value: unknown): Record<string, unknown> => (isMap(value) ? value : {})
