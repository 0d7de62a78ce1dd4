import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { staysOnLine, Trimmer } from './trim.ts'

/** A gap in a program, and what stood in it. https://github.com/openai/human-eval-infilling */
interface Row {
  readonly prompt: string
  readonly suffix: string
  readonly canonical_solution: string
}

const folder = '../shared/datasets/humaneval-infilling'

/** Every so many rows of a file. */
function rows(name: string, step: number): Row[] {
  const text = gunzipSync(readFileSync(`${folder}/HumanEval-${name}Infilling.jsonl.gz`)).toString('utf8')
  return text
    .trim()
    .split('\n')
    .filter((_, index) => index % step === 0)
    .map((line) => JSON.parse(line))
}

/** What is left of an answer for a gap. */
function trimmed({ prompt: prefix, suffix, canonical_solution }: Row, answer: string): string {
  const oneLine = staysOnLine(suffix) && !canonical_solution.includes('\n')
  const trimmer = new Trimmer({ prefix, suffix, language: 'python', stop: [], oneLine })
  let shown = ''
  for (let at = 0; at < answer.length && !trimmer.cut; at += 4) shown += trimmer.push(answer.slice(at, at + 4))
  return trimmer.cut ? shown : shown + trimmer.end()
}

const fits = (row: Row, answer: string) => trimmed(row, answer).trimEnd() === row.canonical_solution.trimEnd()

describe.skipIf(!existsSync(folder))(`on HumanEval's gaps (skipped without ${folder})`, () => {
  test.each([
    ['SingleLine', 1, 1],
    ['MultiLine', 4, 0.998],
    ['RandomSpan', 2, 0.998],
  ])('what is right stays as it is: %s', (name, step, share) => {
    const gaps = rows(name, step)
    const whole = gaps.filter((row) => fits(row, row.canonical_solution))
    expect(whole.length / gaps.length).toBeGreaterThanOrEqual(share)
  })

  test.each([
    ['SingleLine', 1, 0.9],
    ['MultiLine', 4, 0.9],
  ])('a model that goes on with what stands behind the gap is cut there: %s', (name, step, share) => {
    const gaps = rows(name, step).filter(({ suffix }) => suffix.trim() !== '')
    const cut = gaps.filter((row) => fits(row, `${row.canonical_solution}${row.suffix}`))
    expect(cut.length / gaps.length).toBeGreaterThanOrEqual(share)
  })
})
