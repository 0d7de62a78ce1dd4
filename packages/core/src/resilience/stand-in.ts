import type { ImageCall, ImageSupport } from '../contract/image.ts'
import type { Warning } from '../contract/part.ts'
import type { TextCall, TextModel } from '../contract/text.ts'
import { AnyModelError } from '../errors.ts'
import { fit } from '../generate/fit.ts'
import { imageTaskOf, imageTasks } from '../generate/image-task.ts'
import { fitMedia, mediaSupport } from './fallback-support.ts'
import { type AnyCall, type AnyModel, isValueKind, kindOf, type MediaModel } from './kinds.ts'

/** A call as the model takes it that answers in the place of another. */
export interface Fitted {
  readonly call: AnyCall
  readonly warnings: readonly Warning[]
  /** Texts that the caller ends the answer at, as the model can't. */
  readonly emulateStop?: readonly string[] | undefined
}

/** Fits calls that were made for one model to another of its kind. What it gives throws `unsupported` where that can't be. */
export function fitterOf(model: AnyModel, other: AnyModel): (call: AnyCall) => Fitted {
  const kind = kindOf(other)
  if (kind === 'text') return (call) => fit(call as TextCall, other as TextModel)
  if (isValueKind(kind)) return (call) => ({ call, warnings: [] })
  const [media, supports] = [other as MediaModel, mediaSupport([model, other] as MediaModel[])]
  return (call) => {
    if (kind === 'image') refuse(call as ImageCall, media)
    return fitMedia(call, media, supports)
  }
}

function refuse(call: ImageCall, { provider, id, supports }: MediaModel): void {
  const task = imageTaskOf(call)
  if (imageTasks(supports as ImageSupport).includes(task)) return
  const words = `${provider}/${id} can't be asked for the task ${task}.`
  throw new AnyModelError('unsupported', words, { provider, model: id })
}
