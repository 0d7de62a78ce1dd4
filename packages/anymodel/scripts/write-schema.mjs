// Writes anymodel.schema.json from the zod schemas of the config. Run: node --import tsx packages/anymodel/scripts/write-schema.mjs
import { writeFileSync } from 'node:fs'
import { configJsonSchema } from '../src/config/json-schema.ts'

const path = new URL('../anymodel.schema.json', import.meta.url)
writeFileSync(path, `${JSON.stringify(configJsonSchema(), null, 2)}\n`)
