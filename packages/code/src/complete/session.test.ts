import { isAnyModelError } from '@anymodel/core'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { mockCodeModel } from '../testing/mock-code-model.ts'
import { completionSession } from './session.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const pause = () => vi.advanceTimersByTimeAsync(150)

test('the model is asked when the user pauses, for the last place alone', async () => {
  const model = mockCodeModel(['b()'])
  const session = completionSession({ model })
  const asked = ['a', 'a.', 'a.c'].map((prefix) => session.complete({ prefix }))
  await pause()
  expect((await Promise.all(asked)).map((completion) => completion?.code)).toEqual([undefined, undefined, 'b()'])
  expect(model.calls.map(({ prefix }) => prefix)).toEqual(['a.c'])
})

test('a user who types what was shown gets the rest at once', async () => {
  const model = mockCodeModel(['bar()'])
  const session = completionSession({ model })
  const first = session.complete({ prefix: 'foo.', suffix: '\n' })
  await pause()
  expect((await first)?.code).toBe('bar()')
  expect((await session.complete({ prefix: 'foo.ba', suffix: '\n' }))?.code).toBe('r()')
  expect((await session.complete({ prefix: 'foo.', suffix: '\n' }))?.code).toBe('bar()')
  expect(model.calls).toHaveLength(1)
  const other = session.complete({ prefix: 'foo.x', suffix: '\n' })
  const elsewhere = session.complete({ prefix: 'foo.ba', suffix: ')\n' })
  await pause()
  await Promise.all([other, elsewhere])
  expect(model.calls).toHaveLength(2)
})

test('a user who types along while the model writes keeps the request; who types otherwise ends it', async () => {
  let step = () => {}
  const model = mockCodeModel(({ prefix }) => (prefix === 'f.' ? ['ba', 'r()'] : ['y']), {
    wait: () => new Promise((resolve) => (step = resolve)),
  })
  const tick = async () => {
    step()
    await vi.advanceTimersByTimeAsync(0)
  }
  const session = completionSession({ model })
  const first = session.complete({ prefix: 'f.' })
  await pause()
  await tick()
  const along = session.complete({ prefix: 'f.bar' })
  await tick()
  await tick()
  expect(await first).toBeUndefined()
  expect((await along)?.code).toBe('()')
  expect(model.calls).toHaveLength(1)

  const wrong = completionSession({ model })
  const begun = wrong.complete({ prefix: 'f.' })
  await pause()
  const otherwise = wrong.complete({ prefix: 'f.x' })
  await tick()
  await tick()
  await pause()
  await tick()
  await tick()
  expect(await begun).toBeUndefined()
  expect((await otherwise)?.code).toBe('y')
  expect([model.left, model.calls.length]).toEqual([1, 3])
})

test('an error reaches who still waits, and a session that is closed says so', async () => {
  const model = mockCodeModel(() => {
    throw new Error('broken')
  })
  const session = completionSession({ model })
  const failing = expect(session.complete({ prefix: 'a' })).rejects.toThrow('broken')
  await pause()
  await failing
  const retried = expect(session.complete({ prefix: 'a' })).rejects.toThrow('broken')
  await pause()
  await retried
  expect(model.calls).toHaveLength(2)
  const left = session.complete({ prefix: 'b' })
  session.close()
  await pause()
  expect(await left).toBeUndefined()
  await expect(session.complete({ prefix: 'c' })).rejects.toSatisfy(isAnyModelError)
  expect(model.calls).toHaveLength(2)
})
