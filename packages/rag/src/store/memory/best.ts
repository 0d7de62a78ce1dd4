/** Gathers the rows with the highest scores; of equal ones, those with the lowest numbers. */
export interface Best {
  offer(row: number, score: number): void
  /** Highest first. */
  rows(): { readonly row: number; readonly score: number }[]
}

/** A heap of at most `limit` rows with the worst of them on top. */
export function best(limit: number): Best {
  const rows: number[] = []
  const scores: number[] = []
  const worse = (a: number, b: number) => {
    const order = (scores[a] as number) - (scores[b] as number)
    return order === 0 ? (rows[a] as number) > (rows[b] as number) : order < 0
  }
  const swap = (a: number, b: number) => {
    ;[rows[a], rows[b]] = [rows[b] as number, rows[a] as number]
    ;[scores[a], scores[b]] = [scores[b] as number, scores[a] as number]
  }
  const up = (at: number) => {
    for (let parent = (at - 1) >> 1; at > 0 && worse(at, parent); parent = (at - 1) >> 1) {
      swap(at, parent)
      at = parent
    }
  }
  const down = () => {
    for (let at = 0; ; ) {
      const left = 2 * at + 1
      if (left >= rows.length) return
      const child = left + 1 < rows.length && worse(left + 1, left) ? left + 1 : left
      if (!worse(child, at)) return
      swap(at, child)
      at = child
    }
  }
  return {
    offer(row, score) {
      if (rows.length < limit) {
        rows.push(row)
        scores.push(score)
        up(rows.length - 1)
      } else if (limit > 0 && (score > (scores[0] as number) || (score === scores[0] && row < (rows[0] as number)))) {
        rows[0] = row
        scores[0] = score
        down()
      }
    },
    rows: () =>
      rows.map((row, i) => ({ row, score: scores[i] as number })).sort((a, b) => b.score - a.score || a.row - b.row),
  }
}
