import { createHash } from 'node:crypto'
import type { Sandbox, SandboxResult, SandboxRun } from '@anymodel/core'
import type { JsonLines } from './json-lines.ts'

export interface KeptRun {
  readonly key: string
  readonly result: SandboxResult
}

/** The word that marks records differs from run to run; all else of equal runs is equal. */
const mark = /\$[0-9a-f]{24}/
const place = '$MARK'

export type CachedSandbox = Sandbox & {
  /** How many runs were known. */
  readonly hits: () => number
}

/** A sandbox that runs equal programs once, now and later: results are kept by the content of the run, and by the sandbox's name. */
export function cachedSandbox(sandbox: Sandbox, lines: JsonLines<KeptRun>): CachedSandbox {
  const kept = new Map<string, Promise<SandboxResult>>()
  for (const { key, result } of lines.read()) kept.set(key, Promise.resolve(result))
  let hits = 0
  const begun = async (run: SandboxRun, key: string): Promise<SandboxResult> => {
    const result = inPlaceOf(markOf(run), place, await sandbox.run(run))
    // How long a run took before it was ended depends on what else the machine did.
    if (result.outcome === 'exited') lines.add({ key, result })
    return result
  }
  return {
    ...sandbox,
    hits: () => hits,
    async run(run) {
      const key = keyOf(run, sandbox.name)
      const known = kept.get(key)
      if (known) hits++
      const running = known ?? begun(run, key)
      if (!known) kept.set(key, running)
      running.catch(() => kept.delete(key))
      return inPlaceOf(place, markOf(run) ?? place, await running)
    },
  }
}

const markOf = ({ files }: SandboxRun): string | undefined =>
  files.map(({ text }) => mark.exec(text)?.[0]).find((found) => found)

function inPlaceOf(word: string | undefined, other: string, result: SandboxResult): SandboxResult {
  if (word === undefined) return result
  const { stdout, stderr } = result
  return { ...result, stdout: stdout.replaceAll(word, () => other), stderr: stderr.replaceAll(word, () => other) }
}

function keyOf({ signal: _, ...run }: SandboxRun, name: string): string {
  const word = markOf(run)
  const text = JSON.stringify([name, process.version, run])
  return createHash('sha256')
    .update(word === undefined ? text : text.replaceAll(word, () => place))
    .digest('hex')
}
