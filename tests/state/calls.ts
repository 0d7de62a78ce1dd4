// One process of several that share limits and budgets. It makes the calls of each line that it reads, and prints what was sent: JSON both.
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import {
  type AnyModelError,
  generateText,
  redisState,
  type State,
  sqliteState,
  type TextModel,
  withBudget,
  withCache,
  withLimit,
} from '@anymodel/core'
import { createClient } from '@libsql/client'
import { Redis } from 'ioredis'
import type { Orders, Report } from './crowd.ts'

const states = new Map<string, State>()

function stateOf(url: string): State {
  const state = states.get(url) ?? openState(url)
  states.set(url, state)
  return state
}

function openState(url: string): State {
  if (url.startsWith('redis:')) {
    // The server may end before this process does.
    const client = new Redis(url).on('error', () => {})
    return redisState(client, { timeout: 15_000 })
  }
  return sqliteState(createClient({ url }), { timeout: 15_000 })
}

const usage = { input: 40, output: 60 }

function answering(ms: number, sent: [number, number][]): TextModel {
  return {
    provider: 'test',
    id: 'answering',
    supports: { knobs: ['maxTokens'] },
    async *stream() {
      const span: [number, number] = [Date.now(), Number.MAX_SAFE_INTEGER]
      sent.push(span)
      await pause(ms)
      span[1] = Date.now()
      yield { type: 'text', text: 'An answer.' }
      yield { type: 'finish', reason: 'stop', usage, response: { provider: 'test', model: 'answering' } }
      return undefined
    },
  }
}

async function carryOut(orders: Orders): Promise<Report> {
  const state = stateOf(orders.state)
  const { key, calls, answerMs, limit, lease = 30_000, timeout = 0, budget, cache } = orders
  const sent: [number, number][] = []
  let model = answering(answerMs, sent)
  if (budget !== undefined)
    model = withBudget(model, { key, limit: { tokens: budget }, per: 86_400_000, state, countTokens: () => 40 })
  if (limit) model = withLimit(model, { ...limit, key, state, lease, queue: { timeout }, countTokens: () => 100 })
  if (cache) model = withCache(model, { state, ttl: 600_000, namespace: key })
  const refused: Record<string, number> = {}
  const one = async (prompt: string) => {
    // Several arrive at once, and not all.
    await pause(Math.random() * 50)
    await generateText({ model, prompt, maxTokens: 60 }).catch(({ code, message }: AnyModelError) => {
      refused[code ?? message] = (refused[code ?? message] ?? 0) + 1
    })
  }
  await Promise.all(Array.from({ length: calls }, (_, at) => one(`Question ${at}`)))
  return { sent, refused }
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await carryOut(JSON.parse(line) as Orders)))
}
process.exit()
