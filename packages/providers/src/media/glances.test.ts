import { generateImage, type ImageEvent, streamImage } from '@anymodel/core'
import { describe, expect, it } from 'vitest'
import { png, serve } from '../testing/service.ts'
import { webui } from '../webui.ts'
import { withGlances } from './glances.ts'

const progress = (fraction: number): ImageEvent => ({ type: 'progress', fraction })
const notice: ImageEvent = { type: 'notice', kind: 'alive', message: 'x' }
const never = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
const later = (ms = 1) => new Promise((resolve) => setTimeout(resolve, ms))

describe('looks at a drawing', () => {
  it('are told between the events of the answer, and never go back', async () => {
    const fractions = [0.2, 0.1, 0.6]
    const events: ImageEvent[] = []
    const telling = withGlances({
      signal: undefined,
      async *begin() {
        yield notice
        while (fractions.length > 0) await later()
        await later(5)
        return 'drawn'
      },
      async look(signal) {
        await later()
        const next = fractions.shift()
        return next === undefined ? never(signal) : [progress(next)]
      },
    })
    for (;;) {
      const { done, value } = await telling.next()
      if (done) expect(value).toBe('drawn')
      if (done) break
      events.push(value)
    }
    expect(events).toEqual([notice, progress(0.2), progress(0.6)])
  })

  it('end with the answer: whoever leaves, aborts or gets an error leaves nothing behind', async () => {
    let ended = 0
    const begin = async function* (signal: AbortSignal): AsyncGenerator<ImageEvent, string> {
      try {
        yield notice
        return await never(signal)
      } finally {
        ended++
      }
    }
    const look = async () => [progress(0.5)]
    for (const left of ['notice', 'progress'])
      for await (const { type } of withGlances({ begin, look, signal: undefined })) if (type === left) break
    expect(ended).toBe(2)

    const aborting = new AbortController()
    const reading = (async () => {
      for await (const { type } of withGlances({ begin, look, signal: aborting.signal }))
        if (type === 'progress') aborting.abort('enough')
    })()
    await expect(reading).rejects.toBe('enough')
    expect(ended).toBe(3)
  })
})

describe('the progress of the web UI', () => {
  const answer = { json: { images: [png.toString('base64')], info: JSON.stringify({ all_seeds: [4] }) } }
  const state = { sampling_step: 3, sampling_steps: 12 }

  /** A server that answers once it was looked at so many times. */
  async function server(looks: number, told: (time: number) => unknown) {
    let enough = () => {}
    const looked = new Promise<void>((resolve) => {
      enough = resolve
    })
    return serve(({ path }, times) => {
      if (!path.startsWith('/sdapi/v1/progress')) return looked.then(() => answer)
      if (times + 1 >= looks) enough()
      return { json: told(times) }
    })
  }

  it('shows how far it is, with pictures where they are asked for', async () => {
    const { origin } = await server(3, (time) => ({
      progress: [0, 0.25, 0.5][time] ?? 0,
      state,
      current_image: time === 1 ? png.toString('base64') : null,
    }))
    const model = webui({ baseURL: origin, jobs: { first: 2, most: 3 } }).image('default')
    const events: ImageEvent[] = []
    for await (const event of streamImage({ model, prompt: 'a cat', previews: true })) events.push(event)
    const told = events.filter(({ type }) => type === 'progress' || type === 'preview')
    expect(told.slice(0, 3)).toEqual([
      { type: 'progress', fraction: 0.25, step: 3, steps: 12 },
      { type: 'preview', index: 0, mediaType: 'image/png', data: png },
      { type: 'progress', fraction: 0.5, step: 3, steps: 12 },
    ])
    expect(events.at(-1)?.type).toBe('finish')
  })

  it('is not needed: one that breaks spoils nothing', async () => {
    const broken = [null, 'down', { progress: 'much' }, { progress: 0.1, state: null, current_image: 7 }]
    const { origin } = await server(broken.length, (time) => broken[time] ?? null)
    const model = webui({ baseURL: origin, jobs: { first: 2, most: 3 } }).image('default')
    expect((await generateImage({ model, prompt: 'a cat' })).images[0]?.seed).toBe(4)
  })
})
