import type { ImageCall, ImageEvent, ImageModel } from '../contract/image.ts'
import type { Attempt, Warning } from '../contract/part.ts'
import { addUsage, type Usage } from '../contract/usage.ts'
import { AnyModelError } from '../errors.ts'
import { givenModel } from './given-model.ts'
import { toImageCall } from './image-call.ts'
import type { GeneratedImage, ImageResult, PictureOptions } from './image-options.ts'
import { imageSizeOf } from './image-size.ts'
import { madeFile } from './made-file.ts'

type Emit = (event: ImageEvent) => void | Promise<void>
type Finish = Extract<ImageEvent, { type: 'finish' }>

/** One request of a call, and the pictures that it is to give. */
interface Share {
  /** Place of its first picture among all. */
  readonly from: number
  readonly count: number
}

/** Asks for all pictures, in as many requests as the model's limit asks for. `emit` gets every event, with pictures numbered over all requests and one `finish`, the last. The first request that fails ends the others. */
export async function draw(options: PictureOptions, emit: Emit): Promise<ImageResult> {
  const model = await givenModel(options?.model, 'generate', 'onnx().image(id)')
  const { signal, n = 1, concurrency = 4 } = options
  signal?.throwIfAborted()
  const { call, warnings } = await toImageCall(options, model)
  for (const warning of warnings) await emit({ type: 'notice', kind: 'warning', message: warning.message, warning })
  const ended = new AbortController()
  const either = signal ? AbortSignal.any([signal, ended.signal]) : ended.signal
  const shares = toShares(n, model.supports.maxCount ?? 1)
  const tell = joined(shares, emit)
  const answers: Answer[] = []
  let next = 0
  const work = async (): Promise<void> => {
    for (let at = next++; at < shares.length; at = next++) {
      const share = shares[at] as Share
      const seed = call.seed === undefined ? {} : { seed: call.seed + share.from }
      const one = { ...call, ...seed, count: share.count, signal: either }
      answers[at] = await ask(model, one, (event) => tell(event, at))
    }
  }
  try {
    await Promise.all(Array.from({ length: Math.min(concurrency, shares.length) }, work))
  } catch (error) {
    ended.abort(error)
    throw signal?.aborted ? signal.reason : error
  }
  const result = toResult(answers, warnings, { model, n })
  await emit({ type: 'finish', usage: result.usage, response: result.response })
  return result
}

function toShares(n: number, most: number): Share[] {
  const shares: Share[] = []
  for (let from = 0; from < n; from += most) shares.push({ from, count: Math.min(most, n - from) })
  return shares
}

/** Makes one stream of the events of several requests. */
function joined(shares: readonly Share[], emit: Emit) {
  const fractions = shares.map(() => 0)
  const all = shares.reduce((sum, { count }) => sum + count, 0)
  return (event: ImageEvent, at: number): void | Promise<void> => {
    const { from } = shares[at] as Share
    switch (event.type) {
      case 'preview':
      case 'image':
        return emit({ ...event, index: from + event.index })
      case 'progress': {
        if (shares.length === 1) return emit(event)
        fractions[at] = event.fraction
        const done = shares.reduce((sum, { count }, i) => sum + count * (fractions[i] as number), 0)
        return emit({ type: 'progress', fraction: done / all })
      }
      case 'notice':
        return emit(event)
      case 'finish':
        return undefined
    }
  }
}

/** What came of one request. */
interface Answer {
  readonly images: readonly (GeneratedImage | undefined)[]
  readonly finish: Finish
  readonly warnings: readonly Warning[]
  readonly attempts: readonly Attempt[]
}

/** Asks once and reads to the end. */
async function ask(model: ImageModel, call: ImageCall, tell: Emit): Promise<Answer> {
  const { provider, id } = model
  const startedAt = Date.now()
  const images: (GeneratedImage | undefined)[] = Array.from({ length: call.count })
  const warnings: Warning[] = []
  const attempts: Attempt[] = []
  let firstContentMs: number | undefined
  let finish: Finish | undefined
  for await (const event of model.generate(call)) {
    if (event.type === 'preview' || event.type === 'image') {
      firstContentMs ??= Date.now() - startedAt
      if (!(event.index in images)) throw noSuchPicture(model, event.index, call.count)
    }
    if (event.type === 'image') images[event.index] = toImage(event, model)
    else if (event.type === 'finish') finish = event
    else if (event.type === 'notice' && event.kind === 'warning') warnings.push(event.warning)
    else if (event.type === 'notice' && 'attempt' in event) attempts.push(event.attempt)
    await tell(event)
  }
  if (!finish)
    throw new AnyModelError('truncated', `${provider}/${id}: the stream ended without saying that the answer did.`, {
      provider,
      model: id,
    })
  const { usage, response } = finish
  const durationMs = Date.now() - startedAt
  attempts.push({
    provider: response.provider,
    model: response.model,
    startedAt,
    firstContentMs,
    durationMs,
    outcome: 'ok',
    usage,
  })
  return { images, finish, warnings, attempts }
}

const noSuchPicture = ({ provider, id }: ImageModel, index: number, count: number): AnyModelError =>
  new AnyModelError('malformed', `${provider}/${id} gave picture ${index} where ${count} were asked for.`, {
    provider,
    model: id,
  })

function toImage(event: Extract<ImageEvent, { type: 'image' }>, model: ImageModel): GeneratedImage {
  const { data, seed, revisedPrompt, flagged } = event
  return {
    ...madeFile('picture', event, model),
    ...imageSizeOf(data),
    ...(seed === undefined ? {} : { seed }),
    ...(revisedPrompt === undefined ? {} : { revisedPrompt }),
    ...(flagged === undefined ? {} : { flagged }),
  }
}

function toResult(
  answers: readonly Answer[],
  early: readonly Warning[],
  { model: { provider, id }, n }: { readonly model: ImageModel; readonly n: number },
): ImageResult {
  const images = answers.flatMap((answer) => answer.images).filter((image) => image !== undefined)
  if (images.length === 0)
    throw new AnyModelError('malformed', `${provider}/${id} gave no picture.`, { provider, model: id })
  const held = n - images.length
  const few = { option: 'n', message: `${provider}/${id} gave ${images.length} of ${n} pictures.` }
  const warnings = [...early, ...answers.flatMap((answer) => answer.warnings), ...(held > 0 ? [few] : [])]
  return {
    images,
    usage: answers.reduce((sum, { finish }) => addUsage(sum, finish.usage), {} as Usage),
    warnings: [...new Map(warnings.map((warning) => [warning.message, warning])).values()],
    attempts: answers.flatMap((answer) => answer.attempts),
    response: (answers[0] as Answer).finish.response,
  }
}
