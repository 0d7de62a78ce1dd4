import { copyFileSync, existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { scratchFolder } from '../testing/toy-model.ts'
import { openClipTokenizer } from './clip-tokenizer.ts'

const require = createRequire(import.meta.url)
const folder = join(dirname(require.resolve('@anymodel/model-shapes-diffusion/package.json')), 'tokenizer')
const path = '../shared/models/shapes-diffusion/reference.json'
const cases: { prompt: string; input_ids: number[] }[] = existsSync(path)
  ? JSON.parse(readFileSync(path, 'utf8')).cases
  : []

const tokenizer = openClipTokenizer(folder)

describe('the tokenizer of CLIP', () => {
  it.skipIf(cases.length === 0)('reads as the reference does (skipped without ../shared/models)', () => {
    for (const { prompt, input_ids } of cases) expect(tokenizer.encode(prompt).ids).toEqual(input_ids)
  })

  it('reads an empty prompt as its marks and padding', () => {
    expect(tokenizer.encode('')).toMatchObject({ ids: [1209, ...new Array(19).fill(1210)], count: 2, cut: false })
  })

  it('is the same from vocab.json and merges.txt', () => {
    const older = scratchFolder()
    for (const name of ['vocab.json', 'merges.txt', 'tokenizer_config.json'])
      copyFileSync(join(folder, name), join(older, name))
    const other = openClipTokenizer(older)
    const prompts = [
      "a CAT's  hat, 12 of 'em!",
      'ÄÖ ü\n\tx',
      '',
      'a blue star on a yellow background',
      '<|endoftext|> b',
      '日本 🙂',
    ]
    for (const prompt of prompts) expect(other.encode(prompt)).toEqual(tokenizer.encode(prompt))
  })
})
