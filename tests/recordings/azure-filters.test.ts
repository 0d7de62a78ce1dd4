import { azure } from '@anymodel/providers/azure'
import { expect, test } from 'vitest'
import { bytesOf, type Interaction, interactions, missing, replay } from './read.ts'

/** What stands in the traffic, found without reading it. */
const mentions = (interaction: Interaction, word: string) =>
  Buffer.from(bytesOf(interaction.response)).includes(`"${word}"`)

const where = ({ path }: Interaction) => (path.endsWith('/responses') ? 'text' : 'chat')

const reason = missing('azure')
test.skipIf(reason)(
  `recorded answers of Azure tell what its filters found${reason ? ` (${reason})` : ''}`,
  { timeout: 60_000 },
  async () => {
    const counts = { prompt: 0, answer: 0, refused: 0 }
    for await (const interaction of interactions('azure')) {
      if (interaction.status !== 200 || interaction.surface === 'embeddings') continue
      const { parts, error } = await replay((options) => azure(options)[where(interaction)]('m'), interaction, 7)
      if (mentions(interaction, 'innererror')) {
        expect(error, interaction.id).toMatchObject({ code: 'content-filter', providerCode: 'content_filter' })
        expect(String(error), interaction.id).toContain('(hate: high, self-harm: high, violence: medium)')
        counts.refused++
        continue
      }
      const finish = parts.at(-1)
      if (finish?.type !== 'finish') throw new Error(`${interaction.id}: no finish`)
      const { prompt, answer } = (finish.response.details?.contentFilter ?? {}) as Record<string, object>
      const told = mentions(interaction, 'prompt_filter_results') || mentions(interaction, 'content_filters')
      expect(prompt !== undefined, interaction.id).toBe(told)
      if (prompt) expect(prompt, interaction.id).toMatchObject({ hate: { filtered: false, severity: 'safe' } })
      counts.prompt += prompt ? 1 : 0
      counts.answer += answer ? 1 : 0
    }
    console.log(`azure: findings on ${counts.prompt} prompts and ${counts.answer} answers, ${counts.refused} refused`)
    expect(counts.prompt).toBeGreaterThan(30)
    expect(counts.answer).toBeGreaterThan(30)
    expect(counts.refused).toBeGreaterThan(0)
  },
)
