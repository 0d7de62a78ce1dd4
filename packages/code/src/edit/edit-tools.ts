import { type Tools, tool } from '@anymodel/core'
import type { Edit } from './edit.ts'

const text = { type: 'string' } as const

/** What the model is told about its tools. */
export const toolRules =
  'Edit with the tools, one place per call: old_str is text of the file, exactly as it stands there, and enough of it that it is in the file only once. Say in a sentence what you did when all is done.'

/** Tools that edit; `apply` gives what the model is told, and throws what went wrong. */
export const editTools = (apply: (edit: Edit) => Promise<string>): Tools => ({
  replace_text: tool({
    description: 'Replaces a text that is in a file exactly once.',
    input: {
      type: 'object',
      properties: { path: text, old_str: text, new_str: text },
      required: ['path', 'old_str', 'new_str'],
      additionalProperties: false,
    } as const,
    execute: ({ path, old_str: search, new_str: replace }) => {
      if (search === '') throw new Error('old_str is empty. To make a new file, call create_file.')
      return apply({ kind: 'text', path, search, replace, source: search })
    },
  }),
  create_file: tool({
    description: 'Makes a new file.',
    input: {
      type: 'object',
      properties: { path: text, text },
      required: ['path', 'text'],
      additionalProperties: false,
    } as const,
    execute: ({ path, text }) => apply({ kind: 'text', path, search: '', replace: text, source: text }),
  }),
})
