import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Report } from './messages.ts'
import { outbox } from './outbox.ts'

const event = (type: string, text = '') => ({ type, text })

function recorded() {
  const sent: Report[] = []
  const time = { now: 1_000 }
  return {
    sent,
    time,
    ...outbox(
      (report) => sent.push(report),
      () => time.now,
    ),
  }
}

describe('outbox', () => {
  it('sends the first of a step at once, and what the other requests say as one message, each in its order', async () => {
    const { sent, time, add } = recorded()
    add(0, [event('text', 'first')])
    expect(sent).toEqual([{ type: 'events', events: [[0, [event('text', 'first')]]] }])
    add(1, [event('text', 'a')])
    add(2, [event('text', 'b')])
    add(1, [event('text', 'c')])
    time.now += 3
    await turn()
    const events = [
      [1, [event('text', 'a'), event('text', 'c')]],
      [2, [event('text', 'b')]],
    ]
    expect(sent.slice(1)).toEqual([{ type: 'events', events }])
  })

  it('puts steps that follow each other at once into few messages, and loses none of them', async () => {
    const { sent, time, add } = recorded()
    for (let i = 0; i < 1_000; i++) {
      add(1, [event('text', String(i))])
      time.now += 0.25
      await turn()
    }
    time.now += 10
    await sleep(20)
    const texts = sent.flatMap((report) => (report.type === 'events' ? report.events.flatMap(([, all]) => all) : []))
    expect(texts).toEqual(Array.from({ length: 1_000 }, (_, i) => event('text', String(i))))
    expect(sent.length).toBeLessThan(100)
  })

  it('holds few events back, however fast they come', async () => {
    const { sent, time, add } = recorded()
    for (let i = 0; i < 100; i++) add(1, [event('text', String(i))])
    time.now += 10
    await sleep(20)
    const counts = sent.map((report) => (report.type === 'events' ? report.events.flatMap(([, all]) => all).length : 0))
    expect(counts).toEqual([1, 32, 32, 32, 3])
  })

  it('does not hold an end back', () => {
    const { sent, add } = recorded()
    add(1, [event('text')])
    add(1, [event('text')])
    add(1, [event('finish')])
    expect(
      sent
        .flatMap((report) => (report.type === 'events' ? report.events : []))
        .at(-1)?.[1]
        .at(-1),
    ).toEqual(event('finish'))
  })

  it('is empty after a flush', async () => {
    const { sent, time, add, flush } = recorded()
    add(1, [event('text')])
    add(1, [event('text')])
    flush()
    flush()
    time.now += 10
    await sleep(10)
    expect(sent).toHaveLength(2)
  })
})
