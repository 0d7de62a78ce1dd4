// One process of several that share breakers and balances. It makes the calls of each line that it reads, and prints what came of them: JSON both.
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import {
  AnyModelError,
  generateText,
  redisState,
  type State,
  sqliteState,
  type TextModel,
  withBalance,
  withBreaker,
} from '@anymodel/core'
import { createClient } from '@libsql/client'
import { Redis } from 'ioredis'

/** What a process should do. */
export interface Lesson {
  /** `redis://...` or `file:...`. */
  readonly state: string
  readonly key: string
  /** One after the other. */
  readonly calls: number
  /** Of a breaker. */
  readonly failures?: number
  readonly cooldown?: number
  readonly fails?: boolean
  /** Milliseconds that an answer takes; several are the targets of a balance by latency. */
  readonly answerMs: readonly number[]
}

/** What came of it. */
export interface Learned {
  /** Requests that each target got. */
  readonly sent: readonly number[]
  readonly outcomes: readonly string[]
}

const states = new Map<string, State>()

function stateOf(url: string): State {
  const known = states.get(url)
  if (known) return known
  const state = url.startsWith('redis:')
    ? redisState(
        new Redis(url).on('error', () => {}),
        { timeout: 15_000 },
      )
    : sqliteState(createClient({ url }), { timeout: 15_000 })
  states.set(url, state)
  return state
}

/** What a process keeps from one line to the next. */
interface Pupil {
  readonly model: TextModel
  readonly sent: number[]
  lesson: Lesson
}

const pupils = new Map<string, Pupil>()
const nameOf = ({ state, key }: Lesson): string => `${state} ${key}`

function pupilOf(lesson: Lesson): Pupil {
  const known = pupils.get(nameOf(lesson))
  if (known) return Object.assign(known, { lesson })
  const sent = lesson.answerMs.map(() => 0)
  const targets = lesson.answerMs.map(
    (_, at): TextModel => ({
      provider: 'test',
      id: `m${at}`,
      supports: {},
      async *stream() {
        const { fails, answerMs } = (pupils.get(nameOf(lesson)) as Pupil).lesson
        sent[at] = (sent[at] ?? 0) + 1
        await pause(answerMs[at])
        if (fails) throw new AnyModelError('server', 'It failed.', { status: 500 })
        yield { type: 'text', text: 'An answer.' }
        yield { type: 'finish', reason: 'stop', usage: { output: 1 }, response: { provider: 'test', model: `m${at}` } }
      },
    }),
  )
  const { key, failures = 3, cooldown = 60_000 } = lesson
  const state = stateOf(lesson.state)
  const model =
    targets.length > 1
      ? withBalance(targets, { strategy: 'latency', state, key })
      : withBreaker(targets[0] as TextModel, { failures, cooldown, state, key })
  const pupil = { model, sent, lesson }
  pupils.set(nameOf(lesson), pupil)
  return pupil
}

async function learn(lesson: Lesson): Promise<Learned> {
  const { model, sent } = pupilOf(lesson)
  const before = [...sent]
  const outcomes: string[] = []
  for (let n = 0; n < lesson.calls; n++) {
    const ended = ({ providerCode, code }: AnyModelError) => providerCode ?? code
    outcomes.push(await generateText({ model, prompt: 'Hi.' }).then(() => 'ok', ended))
    // What is written behind gets there.
    await pause(20)
  }
  return { sent: sent.map((count, at) => count - (before[at] as number)), outcomes }
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await learn(JSON.parse(line) as Lesson)))
}
