import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** A file with a JSON value a line. */
export interface JsonLines<T> {
  /** What is in it. A line that was cut off, by an end in the middle of writing it, is left out. */
  read(): T[]
  add(value: T): void
}

/** Lines are on disk when `add` returns. */
export function jsonLines<T>(file: string): JsonLines<T> {
  mkdirSync(dirname(file), { recursive: true })
  const text = () => (existsSync(file) ? readFileSync(file, 'utf8') : '')
  // What follows a line that was cut off stands on a line of its own.
  if (!/(?:^|\n)$/.test(text())) appendFileSync(file, '\n')
  return {
    read: () =>
      text()
        .split('\n')
        .flatMap((line) => {
          try {
            return [JSON.parse(line) as T]
          } catch {
            return []
          }
        }),
    add: (value) => appendFileSync(file, `${JSON.stringify(value)}\n`),
  }
}

/** The same in memory alone. */
export function memoryLines<T>(): JsonLines<T> {
  const values: T[] = []
  return { read: () => [...values], add: (value) => values.push(value) }
}
