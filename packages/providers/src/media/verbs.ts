import type { ImageCall, ImageEvent } from '@anymodel/core'
import type { Endpoint } from '../endpoint.ts'
import type { ImageFormat, Target } from '../protocol.ts'
import { draw, type MediaOptions } from './draw.ts'
import { listen } from './listen.ts'
import { speak } from './speak.ts'

/** One call to a model of media. */
export interface MediaRun<Format, Call> {
  readonly endpoint: Endpoint
  readonly format: Format
  readonly call: Call
  readonly target: Target
  readonly options: MediaOptions
}

const generate = ({ endpoint, format, call, ...rest }: MediaRun<ImageFormat, ImageCall>): AsyncIterable<ImageEvent> =>
  draw(endpoint, format, call, rest)

/** What runs a call, by the verb of the model. */
export const verbs = { generate, speak, transcribe: listen }
