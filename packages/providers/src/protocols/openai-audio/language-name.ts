const letters = 'abcdefghijklmnopqrstuvwxyz'

let byName: ReadonlyMap<string, string> | undefined

/** Every language with a tag of two letters, by its English name in lower case. */
function names(): ReadonlyMap<string, string> {
  const shown = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' })
  const tags = [...letters].flatMap((first) => [...letters].map((second) => first + second))
  return new Map(
    tags.flatMap((tag) => {
      const name = shown.of(tag)?.toLowerCase()
      return name ? [[name, tag] as const] : []
    }),
  )
}

/** `english` as `en`; a tag stays as it is, what is neither is `undefined`. */
export function languageOfName(name: string): string | undefined {
  if (/^[a-z]{2,3}(?:-|$)/i.test(name)) return name
  byName ??= names()
  return byName.get(name.toLowerCase())
}
