import { isAnyModelError, type TextModel } from '@anymodel/core'
import { ollama } from '@anymodel/providers/ollama'
import { describe, expect, test } from 'vitest'
import { agree } from './agree.ts'
import {
  bytesOf,
  type Interaction,
  interactions,
  missing,
  type Replayed,
  type ReplayOptions,
  textOf,
  toolCallsOf,
} from './read.ts'

interface Line {
  readonly message?: {
    content?: string
    thinking?: string
    tool_calls?: { function: { name: string; arguments: unknown } }[]
  }
  readonly done?: boolean
  readonly eval_count?: number
}

const make = (options: ReplayOptions): TextModel => ollama(options).text('qwen3')

const linesOf = ({ response }: Interaction): Line[] =>
  Buffer.from(bytesOf(response))
    .toString('utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as Line)

/** What the answer says, read without any adapter. */
function wrong({ parts, error }: Replayed, interaction: Interaction): string | undefined {
  if (interaction.status >= 300) return isAnyModelError(error) ? undefined : 'there is no error'
  if (error) return String(error)
  const lines = linesOf(interaction)
  const text = lines.map(({ message }) => message?.content ?? '').join('')
  if (textOf(parts) !== text) return `the text is ${JSON.stringify(textOf(parts))}`
  const calls = lines.flatMap(({ message }) => message?.tool_calls ?? []).map((call) => call.function.name)
  const ours = toolCallsOf(parts).map(({ name }) => name)
  if (String(ours) !== String(calls)) return `the calls are ${ours}`
  const finish = parts.find((part) => part.type === 'finish')
  return finish?.usage.output === lines.at(-1)?.eval_count ? undefined : 'the usage is another'
}

describe('recorded answers of Ollama', () => {
  const reason = missing('ollama')
  test.skipIf(reason)(`every answer of /api/chat, whole and cut${reason ? ` (${reason})` : ''}`, async () => {
    const check = agree({ make, wrong, goesBack: async () => undefined })
    const problems: string[] = []
    let count = 0
    for await (const interaction of interactions('ollama')) {
      if (interaction.path !== '/api/chat') continue
      const problem = await check(interaction, count++)
      if (problem) problems.push(`${interaction.id}: ${problem}`)
    }
    expect(problems).toEqual([])
    expect(count).toBeGreaterThan(10)
  })
})
