import { expect, it } from 'vitest'
import { toyModel } from '../testing/toy-model.ts'
import type { Event } from './messages.ts'
import { ModelThread } from './thread.ts'

/** A model that loads when it is let. */
function waiting() {
  let grant = () => {}
  const room = () => new Promise<void>((resolve) => (grant = resolve))
  const thread = new ModelThread('text', { folder: toyModel({ says: 'ok' }) }, { runtime: {}, room, onStep: () => {} })
  return { thread, go: () => grant() }
}

const call: object = { messages: [{ role: 'user', content: 'hi' }] }

it('requests that come while room is made are answered after it', async () => {
  const { thread, go } = waiting()
  const answers = [1, 2].map(
    () =>
      new Promise<string>((resolve, reject) => {
        let text = ''
        const events = (some: readonly Event[]) => {
          for (const event of some) if (event.type === 'text') text += (event as unknown as { text: string }).text
          if (some.at(-1)?.type === 'finish') resolve(text)
        }
        thread.ask('toy', call, { events, failed: reject })
      }),
  )
  expect(thread).toMatchObject({ loaded: false, busy: true })
  go()
  expect(await Promise.all(answers)).toEqual(['ok', 'ok'])
  expect(thread).toMatchObject({ loaded: true, busy: false })
  await thread.close()
})

it('a request that leaves while room is made loads nothing', async () => {
  const { thread, go } = waiting()
  const cancel = thread.ask('toy', call, { events: () => {}, failed: () => {} })
  cancel()
  go()
  await new Promise((resolve) => setImmediate(resolve))
  expect(thread).toMatchObject({ loaded: false, busy: false })
})
