/** Appends an event for late readers, who need the latest progress and not the way there. */
export function mergeProgress<E extends { readonly type: string }>(past: E[], event: E): void {
  const before = event.type === 'progress' ? past.findLastIndex(({ type }) => type === 'progress') : -1
  if (before >= 0) past.splice(before, 1)
  past.push(event)
}
