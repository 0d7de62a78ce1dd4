import { paint } from '../output.ts'

const styles = [
  [/^(?:---|\+\+\+) /, 'bold'],
  [/^@@ /, 'cyan'],
  [/^\+/, 'green'],
  [/^-/, 'red'],
] as const

/** A unified diff as a terminal shows it: nothing in it steers the terminal. */
export const paintDiff = (diff: string): string =>
  diff
    .split('\n')
    .map((line) => paint(styles.find(([start]) => start.test(line))?.[1] ?? 'reset', line))
    .join('\n')
