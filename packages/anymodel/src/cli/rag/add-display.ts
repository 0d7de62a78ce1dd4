import type { AddProgress } from '@anymodel/rag'
import { paint, remark } from '../output.ts'

/** Shows how far an `add` is, on the error stream. */
export interface AddDisplay {
  show(progress: AddProgress): void
  /** Takes the line away. */
  stop(): void
}

/** A line that changes on a terminal, a line after every hundred documents elsewhere. What fails is told at once. */
export function addDisplay(): AddDisplay {
  const { isTTY, columns = 80 } = process.stderr
  let shown = false
  const clear = () => {
    if (shown) process.stderr.write('\r\u001b[K')
    shown = false
  }
  return {
    show({ id, outcome, done, total, error }) {
      if (outcome === 'failed' && error) {
        clear()
        // Most messages begin with the name of the file.
        remark(error.message.includes(id) ? error.message : `${id}: ${error.message}`)
      }
      const count = `${done}${total === undefined ? '' : ` of ${total}`} documents`
      if (!isTTY) {
        if (done > 0 && done % 100 === 0 && outcome !== 'removed') process.stderr.write(`${count} ...\n`)
        return
      }
      clear()
      process.stderr.write(paint('dim', `${count}  ${id}`.slice(0, columns - 1), process.stderr))
      shown = true
    },
    stop: clear,
  }
}
