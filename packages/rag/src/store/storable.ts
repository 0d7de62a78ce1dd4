/** What databases and their clients refuse or change in a text: NUL, halves of surrogate pairs, byte order marks, and the mark with which these are written. */
const refused = /[\0\uE000\uFEFF\p{Surrogate}]/gu
const written = /\uE000([0-9a-f]{4})/g

/** A text as every database keeps it; nearly always the text itself. */
export const toStorable = (text: string): string =>
  text.replace(refused, (unit) => `\uE000${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** The text that `toStorable` was given. */
export const fromStorable = (text: string): string =>
  text.replace(written, (_, unit: string) => String.fromCharCode(Number.parseInt(unit, 16)))
