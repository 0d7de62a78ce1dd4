import type { FinishPart, JsonObject } from '@anymodel/core'
import type { Script } from '../answer.ts'
import type { Wire } from './wire.ts'

/** A service's side of one format for filling gaps in code. Of answers it writes the texts. */
export interface FillWire extends Wire {
  /** What a request says of the gap: before and after it, or all of it as one prompt. */
  gap(body: JsonObject): { readonly prefix: string; readonly suffix: string }
}

/** The texts of a scripted answer, each a fragment. */
export const textsOf = ({ content }: Script): string[] =>
  content.flatMap((part) => (part.type === 'text' ? [part.text] : []))

/** Why a request is refused that has no text in one of these fields. */
export const needsTexts = (body: JsonObject, ...fields: readonly string[]): string | undefined =>
  fields.find((field) => typeof body[field] !== 'string')?.concat(' must be a text')

/** Finish reasons that completions tell apart. */
export const fillReasons: readonly FinishPart['reason'][] = ['stop', 'length']
