import type { ImageEvent } from '@anymodel/core'
import { google } from '@anymodel/providers/google'
import { describe, expect, test } from 'vitest'
import { fetchOf, type Interaction, interactions, jsonOf, missing } from './read.ts'

interface Body {
  readonly candidates?: { content?: { parts?: { inlineData?: { mimeType?: string }; thought?: boolean }[] } }[]
  readonly predictions?: { bytesBase64Encoded?: string; mimeType?: string }[]
}

/** Whole answers with pictures: of Gemini's image models, and of Imagen. */
const draws = ({ path, response, framing }: Interaction): boolean =>
  framing === 'json' && /:generateContent|imagen.*:predict/.test(path) && mediaTypes({ response }).length > 0

function mediaTypes({ response }: Pick<Interaction, 'response'>): string[] {
  const { candidates = [], predictions = [] } = (jsonOf(response) ?? {}) as Body
  const parts = candidates.flatMap(({ content }) => content?.parts ?? [])
  return [
    ...parts.flatMap(({ inlineData, thought }) => (thought ? [] : (inlineData?.mimeType ?? []))),
    ...predictions.flatMap(({ mimeType }) => mimeType ?? []),
  ].filter((type) => type.startsWith('image/'))
}

type Picture = Extract<ImageEvent, { type: 'image' }>

/** As the model gives them: of large pictures the recordings have the beginning, which `generateImage` refuses. */
const drawn = async (interaction: Interaction): Promise<readonly Picture[]> => {
  const at = google({
    apiKey: 'key-for-replay',
    baseURL: 'http://recorded.invalid',
    fetch: fetchOf(interaction, 7_919),
  })
  const model = at.image(/models\/([^:/]+):/.exec(interaction.path)?.[1] ?? '')
  const pictures: Picture[] = []
  for await (const event of model.generate({ prompt: 'Hello.', count: mediaTypes(interaction).length }))
    if (event.type === 'image') pictures.push(event)
  return pictures
}

describe('recorded pictures of Google', () => {
  for (const provider of ['gemini', 'vertex']) {
    const reason = missing(provider)
    test.skipIf(reason)(
      `${provider}: every picture of an answer comes, with its type${reason ? ` (${reason})` : ''}`,
      async () => {
        let count = 0
        for await (const interaction of interactions(provider)) {
          if (!draws(interaction)) continue
          const [image] = await drawn({ ...interaction })
          expect(image?.data.length, interaction.id).toBeGreaterThan(100)
          expect(image?.mediaType, interaction.id).toBe(mediaTypes(interaction)[0])
          count++
        }
        expect(count).toBeGreaterThan(0)
      },
      60_000,
    )
  }
})
