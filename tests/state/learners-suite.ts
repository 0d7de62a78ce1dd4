import { rmSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildProgram, type Member, startMember } from './crowd.ts'
import type { Learned, Lesson } from './learners.ts'

const timeout = 60_000

const answerMs = [1]
const sum = (reports: readonly Learned[]) => reports.flatMap(({ sent }) => sent).reduce((all, one) => all + one, 0)
/** News is read once a second. */
const news = () => pause(1_100)

/** What processes that share breakers and balances learn from each other. */
export function testLearners(state: () => string): void {
  let program: string
  let members: Member<Lesson, Learned>[]
  beforeAll(async () => {
    program = await buildProgram(new URL('learners.ts', import.meta.url))
    members = Array.from({ length: 4 }, () => startMember<Lesson, Learned>(program))
  })
  afterAll(() => {
    for (const { process } of members) process.kill('SIGKILL')
    rmSync(program)
  })

  const one = (at: number, lesson: Omit<Lesson, 'state'>) =>
    (members[at] as Member<Lesson, Learned>).carryOut({ ...lesson, state: state() })
  const all = (lesson: Omit<Lesson, 'state'>) => Promise.all(members.map((_, at) => one(at, lesson)))

  it('find a breaker open that one of them opened', { timeout }, async () => {
    const lesson = { key: 'open', calls: 3, answerMs }
    expect((await one(0, { ...lesson, fails: true })).outcomes).toEqual(['server', 'server', 'server'])
    const reports = await all(lesson)
    expect(reports.flatMap(({ outcomes }) => outcomes)).toEqual(Array(12).fill('circuit-open'))
    expect(sum(reports)).toBe(0)
  })

  it('open a breaker together that none of them would have opened alone', { timeout }, async () => {
    const lesson = { key: 'together', calls: 3, failures: 8, answerMs }
    await all({ ...lesson, fails: true })
    await news()
    // This one brings the news, behind.
    await all({ ...lesson, calls: 1 })
    const reports = await all({ ...lesson, calls: 1 })
    expect([sum(reports), reports.map(({ outcomes }) => outcomes[0])]).toEqual([0, Array(4).fill('circuit-open')])
  })

  it('try an open breaker one at a time, and close it for all', { timeout }, async () => {
    const lesson = { key: 'try', calls: 1, cooldown: 4_000, answerMs: [400] }
    await all({ ...lesson, answerMs })
    await one(0, { ...lesson, calls: 3, fails: true, answerMs })
    await news()
    await all({ ...lesson, answerMs })
    // The cooldown and its jitter.
    await pause(5_200)
    const reports = await all(lesson)
    expect(sum(reports)).toBe(1)
    await news()
    await all({ ...lesson, answerMs })
    expect((await all({ ...lesson, answerMs })).map(({ outcomes }) => outcomes[0])).toEqual(Array(4).fill('ok'))
  })

  it('know by a balance which target is slow, before they asked it', { timeout }, async () => {
    const lesson = { key: 'latency', calls: 12, answerMs: [150, 1] }
    await one(0, lesson)
    await news()
    await one(0, { ...lesson, calls: 1 })
    // The first call does not wait for the news.
    await one(1, { ...lesson, calls: 1 })
    expect((await one(1, lesson)).sent).toEqual([0, 12])
  })
}
