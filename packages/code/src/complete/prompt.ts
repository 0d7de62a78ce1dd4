import type { CodeFile, CodePiece, CodePrompt } from '@anymodel/core'
import type { FillFamily, Step } from './families.ts'

/** A gap to fill and what is around it. */
export interface Gap {
  readonly prefix: string
  readonly suffix: string
  readonly path?: string | undefined
  readonly language?: string | undefined
  readonly context?: readonly CodeFile[] | undefined
}

/** A gap in the words of a family. An engine turns markers into special tokens and encodes texts with special tokens off, so that no text can pose as a marker. */
export function toPrompt(family: FillFamily, gap: Gap): CodePrompt {
  const texts = { prefix: gap.prefix, suffix: gap.suffix, path: gap.path ?? 'untitled', language: gap.language ?? '' }
  const { files, template } = family
  const others = files ? (gap.context ?? []) : []
  const write = (steps: readonly Step[], slots: typeof texts): CodePiece[] =>
    steps.flatMap((step): CodePiece[] => {
      if ('marker' in step) return [{ type: 'marker', marker: step.marker }]
      if ('fixed' in step) return [{ type: 'text', text: step.fixed }]
      const before = step.slot === 'prefix' && files?.inPrefix ? around() : []
      return [...before, { type: 'text', text: slots[step.slot] }]
    })
  const around = (): CodePiece[] =>
    files && others.length > 0
      ? [
          ...write(files.start ?? [], texts),
          ...others.flatMap(({ path, text }): CodePiece[] => [
            ...write(files.before, { ...texts, path }),
            { type: 'text', text },
            ...write(files.after, texts),
          ]),
          ...write(files.current, texts),
        ]
      : []
  const pieces = [...(files?.inPrefix ? [] : around()), ...write(template, texts)]
  return { pieces: joinTexts(pieces), markers: markersOf(family) }
}

/** Neighbouring texts are one text, so that they are encoded as one. */
function joinTexts(pieces: readonly CodePiece[]): CodePiece[] {
  const joined: CodePiece[] = []
  for (const piece of pieces) {
    const last = joined.at(-1)
    if (piece.type === 'text' && last?.type === 'text')
      joined[joined.length - 1] = { ...last, text: last.text + piece.text }
    else joined.push(piece)
  }
  return joined
}

/** The markers of a family: no completion contains them. */
const markersOf = ({ template, files }: FillFamily): readonly string[] => {
  const steps = [...template, ...(files?.start ?? []), ...(files?.before ?? []), ...(files?.current ?? [])]
  return [...new Set(steps.flatMap((step) => ('marker' in step ? [step.marker] : [])))]
}
