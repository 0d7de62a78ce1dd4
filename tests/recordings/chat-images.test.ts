import type { Part, TextModel } from '@anymodel/core'
import { google } from '@anymodel/providers/google'
import { openai } from '@anymodel/providers/openai'
import { describe, expect, test } from 'vitest'
import { bytesOf, type Cut, type Interaction, interactions, missing, type ReplayOptions, replay } from './read.ts'
import { sentBack } from './sent-back.ts'

interface Drawer {
  readonly make: (options: ReplayOptions) => TextModel
  readonly at: RegExp
  /** Finds a picture in the traffic, without reading it. */
  readonly picture: RegExp
}

const gemini: Drawer = {
  make: (options) => google(options).text('gemini-3-pro-image'),
  at: /:(?:generateContent|streamGenerateContent)$/,
  picture: /"inlineData":\s*\{[^{}]*?"data":\s*"([^"]*)"[^{}]*\}(?:,\s*"thoughtSignature":\s*"([^"]*)")?/g,
}

const drawers: Readonly<Record<string, Drawer>> = {
  gemini,
  vertex: gemini,
  openai: {
    make: (options) => openai(options).text('gpt-5'),
    at: /\/responses$/,
    picture: /"result":\s*"([^"]+)"/g,
  },
}

/** The pictures in base64, and the signatures beside them. */
function drawnIn({ response }: Interaction, { picture }: Drawer) {
  const found = [...Buffer.from(bytesOf(response)).toString('utf8').matchAll(picture)]
  return found.map(([, base64 = '', signature]) => ({ base64, signature }))
}

const filesOf = (parts: readonly Part[]) => parts.flatMap((part) => (part.type === 'file' ? [part] : []))
const cuts: readonly Cut[] = ['whole', 1_021]

describe.each(Object.entries(drawers))('recorded chats with pictures of %s', (name, drawer) => {
  const reason = missing(name)
  test.skipIf(reason)(
    `every picture is a file, and goes back in the next turn${reason ? ` (${reason})` : ''}`,
    { timeout: 60_000 },
    async () => {
      let pictures = 0
      let signatures = 0
      for await (const interaction of interactions(name)) {
        if (!interaction.tags.includes('image_out') || !drawer.at.test(interaction.path)) continue
        const drawn = drawnIn(interaction, drawer)
        const bytes = drawn.map(({ base64 }) => Buffer.from(base64, 'base64'))
        for (const cut of cuts) {
          const { parts, error } = await replay(drawer.make, interaction, cut)
          expect(error, interaction.id).toBeUndefined()
          expect(
            filesOf(parts).map(({ data }) => data),
            interaction.id,
          ).toEqual(bytes)
          expect(
            filesOf(parts).every(({ mediaType }) => /^image\//.test(mediaType)),
            interaction.id,
          ).toBe(true)
        }
        const next = JSON.stringify(await sentBack(drawer.make, interaction))
        for (const [at, { signature }] of drawn.entries()) {
          expect(next.includes(bytes[at]?.toString('base64') ?? '-'), interaction.id).toBe(true)
          if (signature) expect(next.includes(signature), interaction.id).toBe(true)
          signatures += signature ? 1 : 0
        }
        pictures += drawn.length
      }
      console.log(`${name}: ${pictures} pictures, ${signatures} with signatures`)
      expect(pictures).toBeGreaterThan(0)
    },
  )
})
