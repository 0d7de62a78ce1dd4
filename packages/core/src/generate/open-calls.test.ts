import { describe, expect, it } from 'vitest'
import type { Message } from '../contract/message.ts'
import { answerOpenCalls } from './open-calls.ts'

const call = (id: string) => ({ type: 'tool-call', id, name: 'weather', input: '{}' }) as const
const result = (id: string) => ({ type: 'tool-result', id, name: 'weather', output: 'cold' }) as const
const calls = (...ids: string[]): Message => ({ role: 'assistant', content: ids.map(call) })
const results = (...ids: string[]): Message => ({ role: 'tool', content: ids.map(result) })
const user: Message = { role: 'user', content: 'Never mind.' }

describe('open tool calls', () => {
  it('a call that was never answered gets a result that says so, right after it', () => {
    const answer = { ...result('a'), output: 'The tool was not run.', isError: true }
    expect(answerOpenCalls([user, calls('a'), user])).toEqual([
      user,
      calls('a'),
      { role: 'tool', content: [answer] },
      user,
    ])
  })

  it('of several calls only the open ones do', () => {
    const [, added, kept] = answerOpenCalls([calls('a', 'b', 'c'), results('a', 'c'), user])
    expect(added).toMatchObject({ role: 'tool', content: [{ id: 'b', isError: true }] })
    expect(kept).toEqual(results('a', 'c'))
  })

  it('a conversation without open calls stays the same object', () => {
    const byProvider: Message = { role: 'assistant', content: [{ ...call('p'), byProvider: true }] }
    const messages = [user, calls('a', 'b'), results('a'), results('b'), byProvider, user]
    expect(answerOpenCalls(messages)).toBe(messages)
  })
})
