import type { CodeFile } from '@anymodel/core'
import { type Applied, applyEdit } from './apply.ts'
import type { Edit } from './edit.ts'
import type { Patch } from './patch.ts'
import { unsafePath } from './path-safety.ts'

const byteOrderMark = '\ufeff'

/** An edit that was applied. */
export interface AppliedEdit {
  readonly path: string
  /** As the model wrote it. */
  readonly source: string
  /** 0: its lines were found as they are. The more had to be overlooked, the larger. */
  readonly fuzz: number
  /** The file that the model named, where the lines were found in another. */
  readonly meant?: string
}

/** An edit that could not be applied. */
export interface FailedEdit {
  readonly path: string
  readonly source: string
  /** In words that a model can act on. */
  readonly message: string
}

/** Files while they are edited: in memory, nothing is written anywhere. */
export class Workspace {
  readonly #original: ReadonlyMap<string, string>
  /** Without byte order marks. */
  readonly #texts = new Map<string, string>()
  readonly #marked = new Set<string>()

  constructor(files: readonly CodeFile[]) {
    this.#original = new Map(files.map(({ path, text }) => [path, text]))
    for (const { path, text } of files) {
      if (text.startsWith(byteOrderMark)) this.#marked.add(path)
      this.#texts.set(path, this.#marked.has(path) ? text.slice(1) : text)
    }
  }

  get files(): readonly CodeFile[] {
    return [...this.#texts].map(([path, text]) => ({ path, text }))
  }

  /** A file as it is now, without a text when it is gone. */
  at(path: string): { readonly path: string; readonly text?: string } {
    const text = this.#texts.get(path)
    return { path, ...(text === undefined ? {} : { text }) }
  }

  /** Applies an edit, or says why not; then nothing has changed. */
  apply(edit: Edit): AppliedEdit | FailedEdit {
    const { path, source } = edit
    const target = edit.kind === 'patch' ? edit.to : undefined
    for (const named of target === undefined ? [path] : [path, target]) {
      const why = unsafePath(named)
      if (why !== undefined) return { path, source, message: `The path "${named}" is refused: ${why}.` }
    }
    if (target !== undefined && target !== path && this.#texts.has(target))
      return { path, source, message: `${path} can't be moved: there is a file ${target} already.` }
    const applied = applyEdit(edit, this.#texts.get(path))
    if (!applied.ok) return this.#elsewhere(edit) ?? { path, source, message: applied.message }
    this.#set(target ?? path, applied.text)
    if (target !== undefined && target !== path) this.#move(path, target)
    return { path: target ?? path, source, fuzz: applied.fuzz }
  }

  /** Lines that are in exactly one other file were meant for that one. */
  #elsewhere(edit: Edit): AppliedEdit | undefined {
    if (edit.kind !== 'replace' && edit.kind !== 'hunk') return undefined
    const fitting = [...this.#texts].flatMap(([path, text]): { path: string; applied: Applied & { ok: true } }[] => {
      const applied = path === edit.path ? undefined : applyEdit({ ...edit, path }, text)
      return applied?.ok && applied.fuzz === 0 ? [{ path, applied }] : []
    })
    const [only, ...more] = fitting
    if (!only || more.length > 0 || (edit.kind === 'replace' && edit.search.every((line) => line.trim() === '')))
      return undefined
    this.#set(only.path, only.applied.text)
    return { path: only.path, source: edit.source, fuzz: 0, meant: edit.path }
  }

  #set(path: string, text: string | undefined): void {
    if (text === undefined) this.#texts.delete(path)
    else this.#texts.set(path, text)
  }

  #move(from: string, to: string): void {
    this.#texts.delete(from)
    if (this.#marked.has(from)) this.#marked.add(to)
  }

  /** What has changed since the beginning. */
  get patch(): Patch {
    const paths = [...new Set([...this.#original.keys(), ...this.#texts.keys()])]
    return {
      changes: paths.flatMap((path) => {
        const before = this.#original.get(path) ?? null
        const text = this.#texts.get(path)
        const after = text === undefined ? null : (this.#marked.has(path) ? byteOrderMark : '') + text
        return before === after ? [] : [{ path, before, after }]
      }),
    }
  }
}
