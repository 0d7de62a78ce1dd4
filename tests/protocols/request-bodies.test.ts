import { describe, expect, test } from 'vitest'
import { calls } from './calls.ts'
import { speakers } from './speakers.ts'
import { written } from './written.ts'

describe('request bodies, side by side', () => {
  test.each(Object.entries(calls))('%s', async (name, asked) => {
    const bodies: Record<string, unknown> = {}
    for (const [speaker, how] of Object.entries(speakers)) bodies[speaker] = await written(how, asked)
    await expect(`${JSON.stringify(bodies, null, 2)}\n`).toMatchFileSnapshot(`./golden/${name}.json`)
  })
})
