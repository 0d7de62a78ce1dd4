import { describe, expect, it } from 'vitest'
import { ByteQueue } from './byte-queue.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (chunk: Uint8Array | undefined) => chunk && new TextDecoder().decode(chunk)

function queue() {
  const asked: string[] = []
  const tap = {
    pause: () => void asked.push('pause'),
    resume: () => void asked.push('resume'),
    close: () => void asked.push('close'),
  }
  return { body: new ByteQueue(tap), asked }
}

describe('bytes between the socket and a reader', () => {
  it('come out in order, what is there as one chunk', async () => {
    const { body } = queue()
    body.push(bytes('a'))
    body.push(bytes('b'))
    expect(text(await body.next())).toBe('ab')
    const next = body.next()
    body.push(bytes('c'))
    expect(text(await next)).toBe('c')
    body.end()
    expect(await body.next()).toBeUndefined()
    expect(await body.next()).toBeUndefined()
  })

  it('a reader that falls behind pauses the connection, one that catches up resumes it', () => {
    const { body, asked } = queue()
    body.push(new Uint8Array(300 * 1024))
    body.push(new Uint8Array(1))
    expect(asked).toEqual(['pause'])
    expect(body.take()?.byteLength).toBe(300 * 1024 + 1)
    expect(asked).toEqual(['pause', 'resume'])
  })

  it('a failure comes after what had arrived, to this read and all later ones', async () => {
    const { body } = queue()
    body.push(bytes('a'))
    body.fail(new Error('broke'))
    expect(text(await body.next())).toBe('a')
    await expect(body.next()).rejects.toThrow('broke')
    await expect(body.next()).rejects.toThrow('broke')
    const waiting = queue().body
    const next = waiting.next()
    waiting.fail(new Error('broke'))
    await expect(next).rejects.toThrow('broke')
  })

  it('a failure after the end is none', async () => {
    const { body } = queue()
    body.end()
    body.fail(new Error('broke'))
    expect(await body.next()).toBeUndefined()
  })

  it('the whole body is cut off at the limit, and the connection closed', async () => {
    const { body, asked } = queue()
    body.push(bytes('abcdef'))
    expect(text(await body.bytes(4))).toBe('abcd')
    expect(asked).toContain('close')
  })

  it('closing drops what is there and what comes; after the end it closes nothing', () => {
    const { body, asked } = queue()
    body.push(bytes('a'))
    body.close()
    body.push(bytes('b'))
    expect([body.take(), asked]).toEqual([undefined, ['close']])
    const over = queue()
    over.body.end()
    over.body.close()
    expect(over.asked).toEqual([])
  })
})
