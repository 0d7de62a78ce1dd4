import type { WirePartialArg } from './wire.ts'

type Place = { [key: string]: unknown }

/** Puts a piece of a call's arguments where it belongs. Pieces of one text follow each other. */
export function place(args: object, { jsonPath = '$', ...piece }: WirePartialArg): void {
  const path = keysOf(jsonPath)
  const last = path.pop()
  if (last === undefined || path.includes('__proto__') || last === '__proto__') return
  let at = args as Place
  for (const [depth, key] of path.entries()) {
    const next = path[depth + 1] ?? last
    at[key] ??= typeof next === 'number' ? [] : {}
    at = at[key] as Place
  }
  at[last] = piece.stringValue === undefined ? plainValue(piece) : `${at[last] ?? ''}${piece.stringValue}`
}

const plainValue = ({ numberValue, boolValue }: WirePartialArg): unknown => numberValue ?? boolValue ?? null

/** The keys of a path such as `$.places[0].name` or `$['a key']`. */
const keysOf = (path: string): (string | number)[] =>
  [...path.matchAll(/\.([^.[\]]+)|\[(\d+)\]|\[(?:'([^']*)'|"([^"]*)")\]/g)].map(([, name, index, single, double]) =>
    index === undefined ? ((name ?? single ?? double) as string) : Number(index),
  )
