import type { CodeFile } from '@anymodel/core'

/** How prefix and suffix share the budget: what stands before the gap says more about it. */
const prefixShare = 2 / 3

/** The text around a gap, cut to `limit` characters: the prefix loses its start, the suffix its end, at line breaks where there are some. What one side does not need goes to the other. */
export function cutToBudget(prefix: string, suffix: string, limit: number): { prefix: string; suffix: string } {
  if (prefix.length + suffix.length <= limit) return { prefix, suffix }
  const forPrefix = Math.max(Math.round(limit * prefixShare), limit - suffix.length)
  const forSuffix = Math.max(limit - Math.min(forPrefix, prefix.length), 0)
  return { prefix: lastOf(prefix, forPrefix), suffix: firstOf(suffix, forSuffix) }
}

function lastOf(text: string, length: number): string {
  if (text.length <= length) return text
  const tail = length === 0 ? '' : text.slice(-length)
  const line = tail.indexOf('\n')
  return line >= 0 && line < tail.length - 1 ? tail.slice(line + 1) : wholeStart(tail)
}

function firstOf(text: string, length: number): string {
  if (text.length <= length) return text
  const head = text.slice(0, length)
  const line = head.lastIndexOf('\n')
  return line > 0 ? head.slice(0, line + 1) : wholeEnd(head)
}

/** Without half of a surrogate pair at its start. */
const wholeStart = (text: string): string => text.replace(/^[\udc00-\udfff]/, '')

/** Without half of a surrogate pair at its end. */
const wholeEnd = (text: string): string => text.replace(/[\ud800-\udbff]$/, '')

/** The first files that fit into `limit` characters; a file that does not fit is left out whole. */
export function filesInBudget(files: readonly CodeFile[], limit: number): readonly CodeFile[] {
  let left = limit
  return files.filter(({ path, text }) => {
    const size = path.length + text.length
    if (size > left) return false
    left -= size
    return true
  })
}
