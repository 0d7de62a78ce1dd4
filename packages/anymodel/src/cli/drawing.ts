import { once } from 'node:events'
import { AnyModelError, type GeneratedImage, type ImageResult, type ImageStream } from '@anymodel/core'
import type { AnyModel } from '../client.ts'
import { type PictureDisplay, pictureDisplay } from '../terminal.ts'
import { type ModelOptions, modelName, openClient } from './client.ts'
import { drawingBar } from './drawing-bar.ts'
import { Interrupted } from './failure.ts'
import { numbered } from './media-files.ts'
import { outputClosed, remark, write } from './output.ts'

/** Options of commands that make pictures. */
export interface OutputFlags extends Pick<ModelOptions, 'config' | 'model'> {
  /** Where the picture goes; several are numbered. Default: the standard output, when it is no terminal. */
  readonly output?: string
  readonly json?: boolean
}

/** Throws `invalid-argument` when there is no place for so many pictures. */
export function checkOutput({ output, json }: OutputFlags, n = 1): void {
  if (output !== undefined) return
  const wrong = (why: string): never => {
    throw new AnyModelError('invalid-argument', `Say where the picture shall go: -o star.png. ${why}`)
  }
  if (process.stdout.isTTY) wrong('Without it the file is written into a pipe, and there is none.')
  if (n !== 1 || json) wrong('Only one picture, and nothing else, fits into a pipe.')
}

/** What of the command line goes into every call. */
interface Surroundings {
  readonly model: string
  readonly previews: boolean
  readonly signal: AbortSignal
}

/** Runs a call to the model of the role `image`, shows what comes where the terminal can, and delivers the pictures. An interrupt cancels. */
export async function drawTo(
  flags: OutputFlags,
  begin: (ai: AnyModel, call: Surroundings) => ImageStream,
): Promise<void> {
  const interrupt = new AbortController()
  process.once('SIGINT', () => interrupt.abort(new Interrupted()))
  const model = await modelName(flags, 'image')
  const client = await openClient(flags)
  const display = pictureDisplay(process.stderr)
  try {
    const signal = AbortSignal.any([interrupt.signal, outputClosed])
    const stream = begin(client.ai, { model, previews: display !== undefined, signal })
    await follow(stream, display)
    const result = await stream.result
    for (const { message } of result.warnings) remark(message)
    await (flags.output === undefined ? writePicture(result.images[0]) : savePictures(result, flags.output, flags))
  } finally {
    await client.close()
  }
}

/** Shows what comes, or how far it is. */
async function follow(stream: ImageStream, display: PictureDisplay | undefined): Promise<void> {
  const bar = display ? undefined : await drawingBar()
  try {
    for await (const event of stream) {
      if (event.type === 'progress') bar?.update(event.fraction)
      else if (event.type === 'preview' || event.type === 'image') await display?.show(event)
    }
  } finally {
    display?.done()
    bar?.stop()
  }
}

async function writePicture(picture: GeneratedImage | undefined): Promise<void> {
  if (picture && !process.stdout.write(picture.data)) await once(process.stdout, 'drain')
}

async function savePictures(
  { images, response, usage }: ImageResult,
  output: string,
  { json }: OutputFlags,
): Promise<void> {
  const saved = images.map((picture, at) => ({
    picture,
    path: images.length === 1 ? output : numbered(output, at + 1),
  }))
  for (const { picture, path } of saved) await picture.save(path)
  if (json) {
    const { raw: _raw, ...tokens } = usage
    const told = saved.map(({ picture: { mediaType, width, height, seed, revisedPrompt, flagged }, path }) => ({
      path,
      mediaType,
      width,
      height,
      seed,
      revisedPrompt,
      flagged,
    }))
    return write(
      `${JSON.stringify({ images: told, provider: response.provider, model: response.model, usage: tokens, details: response.details })}\n`,
    )
  }
  for (const { picture, path } of saved) remark(`${path}${about(picture)}`)
}

function about({ width, height, seed, flagged }: GeneratedImage): string {
  const facts = [
    ...(width === undefined ? [] : [`${width} x ${height}`]),
    ...(seed === undefined ? [] : [`seed ${seed}`]),
    ...(flagged ? ['blanked by the safety checker'] : []),
  ]
  return facts.length > 0 ? ` (${facts.join(', ')})` : ''
}
