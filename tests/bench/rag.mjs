// Retrieval: a table for each part.
import * as cranfield from './rag-cranfield.mjs'
import * as scale from './rag-scale.mjs'

const parts = { cranfield, scale }

export async function run(options) {
  const tables = []
  const json = {}
  const problems = []
  for (const [name, part] of Object.entries(parts)) {
    const { head, rows, json: figures, problems: more = [] } = await part.run(options)
    tables.push({ title: part.title, head, rows })
    json[name] = figures
    problems.push(...more)
  }
  return { tables, json, problems }
}
