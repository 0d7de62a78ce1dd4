import { watch } from 'node:fs'
import { basename, dirname } from 'node:path'

/** How long a file must be left alone before it is read: editors write in several steps. */
const settleMs = 300

/**
 * Calls back when a file may have changed. The folder is watched, not the file: editors and containers put a new file in its place. It does not keep the process alive. Gives what ends it.
 */
export function watchFile(file: string, changed: () => void): () => void {
  const name = basename(file)
  let timer: NodeJS.Timeout | undefined
  const watcher = watch(dirname(file), { persistent: false }, (_event, touched) => {
    if (touched !== null && touched !== name && !isLinked(touched)) return
    clearTimeout(timer)
    timer = setTimeout(changed, settleMs).unref()
  })
  // A folder that goes away takes its watcher along; the config in use stays.
  watcher.on('error', () => watcher.close())
  return () => {
    clearTimeout(timer)
    watcher.close()
  }
}

/** Kubernetes mounts a file as a link into a folder `..data`, and it is that folder which is replaced. */
const isLinked = (touched: string): boolean => touched.startsWith('..')
