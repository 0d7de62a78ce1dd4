import type { CheckedRun } from './checked-run.ts'

/** What a shell sets before it becomes the program; a limit that a system doesn't have is left out there. */
const script = [
  'ulimit -c 0',
  'ulimit -n 256',
  'ulimit -S -t "$1"',
  'ulimit -H -t "$2"',
  'ulimit -d "$3" 2>/dev/null',
  '[ "$4" = any ] || ulimit -f "$4"',
  'shift 4',
  'exec "$@"',
].join('\n')

/** The arguments of `sh` for a command within limits of the system: processor time, data, files. `runtimeBytes` is what the language's runtime takes by itself. */
export function limited(
  command: readonly string[],
  { limits }: CheckedRun,
  { runtimeBytes, fileBytes }: { runtimeBytes: number; fileBytes?: number },
): string[] {
  const seconds = Math.ceil(limits.timeMs / 1_000) + 1
  const kilobytes = Math.ceil((limits.memoryBytes + runtimeBytes) / 1_024)
  const blocks = fileBytes === undefined ? 'any' : String(Math.ceil(fileBytes / 512))
  return ['-c', script, 'sh', String(seconds), String(seconds + 1), String(kilobytes), blocks, ...command]
}

/** A file's path as an argument, also when it begins like an option. */
export const notAFlag = (path: string): string => (path.startsWith('-') ? `./${path}` : path)
