export const isThere: boolean

/** Documents as `add` takes them, with the title that the collection gives. */
export function documents(): readonly { readonly id: string; readonly title: string; readonly text: string }[]
