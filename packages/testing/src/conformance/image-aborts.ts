import assert from 'node:assert/strict'
import { type ImageCall, type ImageEvent, type ImageModel, streamImage } from '@anymodel/core'
import { soon } from './case.ts'
import { checkImage, draw, type ImageCase, prompt, read } from './images.ts'

/** As many steps as a model takes: a drawing that is not over at once. */
const long = ({ supports: { knobs = [] } }: ImageModel): Partial<ImageCall> =>
  knobs.includes('steps') ? { steps: 200 } : {}

/** Aborting and leaving: the caller gets the reason, the model is free for others. */
export const imageAborts: readonly ImageCase[] = [
  {
    name: 'an abort before the call rejects with the reason',
    async run({ model }) {
      const reason = new Error('changed my mind')
      const signal = AbortSignal.abort(reason)
      for (const attempt of [draw(model, { signal }), read(model, { signal })])
        await assert.rejects(attempt, (error) => error === reason)
    },
  },
  {
    name: 'an abort on the way rejects with the reason, and the model draws on',
    async run({ model }) {
      const controller = new AbortController()
      const stream = streamImage({ model, prompt, ...long(model), signal: controller.signal })
      let first: ImageEvent | undefined
      const reading = (async () => {
        for await (const event of stream) {
          if (event.type === 'notice') continue
          first ??= event
          controller.abort('enough')
        }
      })()
      const end = await soon(reading, 'the end', 30_000).catch((error: unknown) => error)
      // A picture that is told with its end in one go can't be stopped any more.
      if (end !== undefined || first?.type !== 'image') assert.equal(end, 'enough')
      checkImage((await soon(draw(model), 'the next picture', 30_000)).images[0])
    },
  },
  {
    name: 'leaving the loop frees the model for the next call',
    async run({ model }) {
      for await (const _event of model.generate({ prompt, count: 1, ...long(model) })) break
      checkImage((await soon(draw(model), 'the next picture', 30_000)).images[0])
    },
  },
]
