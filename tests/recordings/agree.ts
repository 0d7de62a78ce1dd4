import { isDeepStrictEqual } from 'node:util'
import { isAnyModelError, type TextModel } from '@anymodel/core'
import { type Cut, type Interaction, merged, type Replayed, type ReplayOptions, replay } from './read.ts'

/** What a recorded answer has to be, for one protocol. Each gives what is wrong, in words. */
interface Expectations {
  readonly make: (options: ReplayOptions) => TextModel
  /** Of the answer, read whole. */
  wrong(replayed: Replayed, interaction: Interaction): string | undefined
  /** Of what is sent when the conversation goes on. */
  goesBack(interaction: Interaction): Promise<string | undefined>
}

const outcome = ({ parts, error }: Replayed) => ({
  parts: merged(parts),
  error: isAnyModelError(error) ? error.toJSON() : error,
})

/** Bytes one by one cost the most: only a part of the long bodies is cut so. */
const cutsFor = ({ response }: Interaction, seed: number): readonly Cut[] =>
  response.body.length < 10_000 || seed % 8 === 0 ? [1, 7, { seed }] : [7, { seed }]

/** Reads an interaction whole and cut, and sends its answer back; gives the first thing that is wrong. */
export const agree =
  ({ make, wrong, goesBack }: Expectations) =>
  async (interaction: Interaction, seed: number): Promise<string | undefined> => {
    const whole = await replay(make, interaction, 'whole')
    const problem = wrong(whole, interaction) ?? (interaction.status < 300 ? await goesBack(interaction) : undefined)
    if (problem) return problem
    for (const cut of cutsFor(interaction, seed)) {
      const again = await replay(make, interaction, cut)
      if (!isDeepStrictEqual(outcome(again), outcome(whole))) return `cut at ${JSON.stringify(cut)} it reads otherwise`
    }
    return undefined
  }
