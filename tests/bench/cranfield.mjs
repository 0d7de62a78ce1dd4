// The Cranfield collection: 1,400 abstracts on aerodynamics, 225 questions, judged by people. It lies beside the repository, not in it.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../../../shared/datasets/cranfield/', import.meta.url))

export const isThere = existsSync(`${folder}cran.qry`)

const read = (name) => readFileSync(folder + name, 'latin1')
const oneLine = (text) => text.trim().replace(/\s+/g, ' ')

/** The fields of a record, which begins with `.I <number>`. */
function fields(record) {
  const [, id] = /^(\d+)/.exec(record)
  const parts = record.split(/^\.([TABW])\s*$/m)
  const field = (name) => parts[parts.indexOf(name) + 1] ?? ''
  return { id, title: oneLine(field('T')), text: field('W').trim() }
}

/** Documents as `add` takes them, with the title that the collection gives. */
export const documents = () => read('cran.all.1400').split(/^\.I /m).slice(1).map(fields)

/**
 * Questions with what people judged. Every document with a judgement of 1 to 4 counts as relevant, all alike; -1 and documents without a judgement do not, as trec_eval reads the file.
 * Questions are numbered by their order, as in cranqrel.
 */
export function cases() {
  const relevant = new Map()
  for (const line of read('cranqrel').trim().split('\n')) {
    const [query, document, grade] = line.trim().split(/\s+/)
    if (Number(grade) > 0) relevant.set(query, [...(relevant.get(query) ?? []), document])
  }
  return read('cran.qry')
    .split(/^\.I /m)
    .slice(1)
    .map((record, at) => ({ question: oneLine(fields(record).text), relevant: relevant.get(String(at + 1)) ?? [] }))
}
