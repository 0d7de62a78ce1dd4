import type { Json } from '@anymodel/core'

/**
 * A tool call's input as the object that a service wants back. What is not one goes back under the key that Anthropic documents for it.
 * https://platform.claude.com/docs/en/agents-and-tools/tool-use/fine-grained-tool-streaming
 */
export function toInputObject(input: string): Json {
  if (input.trim() === '') return {}
  try {
    const value = JSON.parse(input)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  } catch {}
  return { INVALID_JSON: input }
}
