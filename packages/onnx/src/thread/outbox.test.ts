import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Report } from './messages.ts'
import { outbox } from './outbox.ts'

const event = (type: string, text = '') => ({ type, text })

function recorded() {
  const sent: Report[] = []
  return { sent, ...outbox((report) => sent.push(report)) }
}

describe('outbox', () => {
  it('sends what all requests say in one step as one message, each in its order', async () => {
    const { sent, add } = recorded()
    await sleep(10)
    add(1, [event('text', 'a')])
    add(2, [event('text', 'b')])
    add(1, [event('text', 'c')])
    await turn()
    const events = [
      [1, [event('text', 'a'), event('text', 'c')]],
      [2, [event('text', 'b')]],
    ]
    expect(sent).toEqual([{ type: 'events', events }])
  })

  it('puts steps that follow each other at once into few messages, and loses none of them', async () => {
    const { sent, add } = recorded()
    for (let i = 0; i < 1_000; i++) {
      add(1, [event('text', String(i))])
      await turn()
    }
    await sleep(20)
    const texts = sent.flatMap((report) => (report.type === 'events' ? report.events.flatMap(([, all]) => all) : []))
    expect(texts).toEqual(Array.from({ length: 1_000 }, (_, i) => event('text', String(i))))
    expect(sent.length).toBeLessThan(500)
  })

  it('holds few events back, however fast they come', async () => {
    const { sent, add } = recorded()
    for (let i = 0; i < 100; i++) add(1, [event('text', String(i))])
    await sleep(20)
    const counts = sent.map((report) => (report.type === 'events' ? report.events.flatMap(([, all]) => all).length : 0))
    expect(counts).toEqual([32, 32, 32, 4])
  })

  it('does not hold an end back', async () => {
    const { sent, add } = recorded()
    add(1, [event('text')])
    await turn()
    add(1, [event('finish')])
    await turn()
    await turn()
    expect(
      sent
        .flatMap((report) => (report.type === 'events' ? report.events : []))
        .at(-1)?.[1]
        .at(-1),
    ).toEqual(event('finish'))
  })

  it('is empty after a flush', async () => {
    const { sent, add, flush } = recorded()
    add(1, [event('text')])
    flush()
    flush()
    await sleep(10)
    expect(sent).toHaveLength(1)
  })
})
