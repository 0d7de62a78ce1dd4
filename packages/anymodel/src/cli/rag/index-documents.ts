import { AnyModelError } from '@anymodel/core'
import type { AddProgress, AddReport } from '@anymodel/rag'
import { exitCodes } from '../failure.ts'
import { remark, write } from '../output.ts'
import { type AddDisplay, addDisplay } from './add-display.ts'
import { type DocumentOptions, type Opened, openDocuments } from './with-documents.ts'

export interface IndexOptions extends DocumentOptions {
  readonly exclude?: readonly string[]
  readonly gitignore?: boolean
  readonly keepMissing?: boolean
  readonly reindex?: boolean
}

/** `anymodel index ./docs`: takes documents in; gives the exit code, which tells whether one could not be read. */
export async function indexDocuments(paths: readonly string[], options: IndexOptions): Promise<number> {
  const { model, exclude, gitignore, reindex, json } = options
  if (paths.length === 0 && !reindex)
    throw new AnyModelError('invalid-argument', 'Name folders, files or patterns to take in: anymodel index docs')
  const load = { ...(exclude ? { exclude } : {}), ...(gitignore ? { gitignore } : {}) }
  const display = addDisplay()
  const embedding = model === undefined ? {} : { embedding: model }
  const { model: _model, ...rest } = options
  return openDocuments({ ...rest, ...embedding }, (opened) => takeIn(paths, options, opened, display), { load }).then(
    async (report) => {
      if (json) await write(`${JSON.stringify(report)}\n`)
      else await write(summary(report))
      return report.failed.length > 0 ? exitCodes.failed : exitCodes.ok
    },
  )
}

async function takeIn(
  paths: readonly string[],
  { keepMissing, reindex }: IndexOptions,
  { kb, signal }: Opened,
  display: AddDisplay,
): Promise<AddReport> {
  const onProgress = (progress: AddProgress) => display.show(progress)
  try {
    const again = reindex ? await kb.reindex({ onProgress, signal }) : undefined
    if (again && paths.length === 0) return again
    return await kb.add(paths, { onProgress, signal, removeMissing: !keepMissing })
  } finally {
    display.stop()
  }
}

function summary({ added, unchanged, removed, chunks, embedded, failed, duplicates }: AddReport): string {
  for (const { id, of } of duplicates.slice(0, 20)) remark(`${id} says what ${of} says.`)
  if (added + unchanged + removed + failed.length === 0) remark('No document was found there.')
  return `${added} added (${chunks} chunks, ${embedded} embedded), ${unchanged} unchanged, ${removed} removed, ${failed.length} failed\n`
}
