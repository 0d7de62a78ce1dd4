/** One line of a hunk: kept, taken away or added. */
export interface HunkLine {
  readonly op: ' ' | '-' | '+'
  readonly text: string
}

/** A piece of a patch in the V4A format. */
export interface Chunk {
  /** Lines to be found before it, in order: `@@ class A`, `@@ method b`. */
  readonly scope: readonly string[]
  readonly lines: readonly HunkLine[]
  /** It stands at the end of the file. */
  readonly atEnd: boolean
}

/** One edit of one file, as a model wrote it. Texts are lines without their ends. */
export type Edit = { readonly path: string; readonly source: string } & (
  | { readonly kind: 'replace'; readonly search: readonly string[]; readonly replace: readonly string[] }
  | { readonly kind: 'hunk'; readonly lines: readonly HunkLine[] }
  | { readonly kind: 'patch'; readonly chunks: readonly Chunk[]; readonly to?: string }
  | { readonly kind: 'text'; readonly search: string; readonly replace: string }
  | { readonly kind: 'whole'; readonly lines: readonly string[] }
  | { readonly kind: 'create'; readonly lines: readonly string[] }
  | { readonly kind: 'delete' }
)

/** What a parser says while the answer is written. */
export type ParserEvent =
  /** An edit begins; its new lines follow. */
  | { readonly type: 'start'; readonly path: string }
  /** A new line of the edit. */
  | { readonly type: 'delta'; readonly text: string }
  | { readonly type: 'edit'; readonly edit: Edit }
  /** Something that was meant as an edit and can't be read. */
  | { readonly type: 'problem'; readonly message: string; readonly source: string }

type Tell = (event: ParserEvent) => void

/** Reads edits out of an answer, a line at a time. Pure: it tells what it read. */
export interface EditParser {
  line(text: string): void
  /** The answer is over. */
  end(): void
}

/** Makes a parser; `paths` are those of the files that the model was shown. */
export type MakeParser = (paths: readonly string[], tell: Tell) => EditParser
