import { z } from 'zod'
import { dataGrammar } from './schema.ts'

/** The grammar of YAML and JSON configs as a JSON Schema (draft 2020-12), for editors. `scripts/write-schema.mjs` writes it to `anymodel.schema.json`. */
export const configJsonSchema = (): object => ({
  ...z.toJSONSchema(dataGrammar, { io: 'input', reused: 'ref' }),
  title: 'anymodel config',
})
