/**
 * `${VAR}` may stand bare in a config, but YAML gives braces, commas and colons a meaning of their own. While a file is parsed, these characters inside `${...}` are moved to
 * the private use area of Unicode, one for one, so that positions stay right.
 */
const shift = 0xe000

/** Hides what stands in `${...}` from a YAML parser. */
export const mask = (text: string): string =>
  text.replace(/\$\{[^}\n]*\}/g, (variable) =>
    variable.replace(/[{}[\],:# ]/g, (char) => String.fromCharCode(shift + char.charCodeAt(0))),
  )

/** Brings back what `mask` hid. */
export const unmask = (text: string): string =>
  text.replace(/[\ue000-\ue07f]/g, (char) => String.fromCharCode(char.charCodeAt(0) - shift))
