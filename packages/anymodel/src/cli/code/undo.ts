import { write, writePainted } from '../output.ts'
import { paintDiff } from './paint-diff.ts'
import { lastEdit, uninterrupted } from './undo-store.ts'

/** `anymodel code undo`: takes the last edit of this folder back; files that were changed since are left alone, and then all of them. */
export async function undo({ dryRun }: { readonly dryRun?: boolean }): Promise<void> {
  const { reversePatch, toDiff } = await import('@anymodel/code')
  const { patch, forget } = await lastEdit()
  const back = reversePatch(patch)
  await writePainted(paintDiff(toDiff(back)))
  if (dryRun) return
  await uninterrupted(back)
  await forget()
  await write(`Took back: ${patch.changes.map(({ path }) => path).join(', ')}\n`, process.stderr)
}
