import { onnx } from '@anymodel/onnx'
import { similarityJudge } from '@anymodel/rag'
import { describe, expect, test } from 'vitest'
import { isThere } from '../bench/cranfield.mjs'
import { cranfieldClaims, elsewhere, generalClaims, mismatched, refused } from './judged-claims.ts'

const judge = similarityJudge(onnx().embedding('all-minilm-l6-v2'))
const carried = <T extends { readonly carried: boolean }>(claims: readonly T[]) => claims.filter((each) => each.carried)
const not = <T extends { readonly carried: boolean }>(claims: readonly T[]) => claims.filter((each) => !each.carried)

describe('a judge by similarity', () => {
  test('refuses claims that the gate lets through, and none that is carried', async () => {
    const claims = generalClaims()
    const [good, bad] = [await refused(carried(claims), judge), await refused(not(claims), judge)]
    expect(good).toEqual({ claims: 24, gate: good.gate, withJudge: good.gate })
    expect(bad.claims).toBe(48)
    expect(bad.withJudge).toBeGreaterThanOrEqual(bad.gate + 6)
  }, 60_000)

  test('refuses quotes that are about something else', async () => {
    const { claims, gate, withJudge } = await refused(mismatched(generalClaims()), judge)
    expect(withJudge).toBe(claims)
    expect(gate).toBeLessThan(claims * 0.75)
  }, 60_000)

  test.skipIf(!isThere)(
    'refuses most sentences of the same abstract that say something else (skipped where the Cranfield collection is not beside the repository)',
    async () => {
      const claims = cranfieldClaims()
      const good = await refused(carried(claims), judge)
      expect(good).toEqual({ claims: 34, gate: good.gate, withJudge: good.gate })
      const some = elsewhere(claims).filter((_, place) => place % 5 === 0)
      const other = await refused(some, judge)
      expect(other.withJudge).toBeGreaterThan(other.claims * 0.6)
      expect(other.gate).toBeLessThan(other.claims * 0.45)
    },
    120_000,
  )
})
