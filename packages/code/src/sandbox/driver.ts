import { availableParallelism } from 'node:os'
import { AnyModelError, type Sandbox, type SandboxResult, type SandboxThreat } from '@anymodel/core'
import { type CheckedRun, checkedRun } from './checked-run.ts'
import { Turns } from './turns.ts'
import { stripTypes } from './typescript.ts'

/** Options of every sandbox. */
export interface SandboxOptions {
  /** How many programs run at once. Default: as many as there are processors. */
  readonly concurrency?: number
}

/** What a sandbox does by itself: run one checked program, JavaScript in the place of TypeScript. */
export interface Driver {
  readonly name: string
  readonly languages: readonly string[]
  readonly holds: readonly SandboxThreat[]
  /** Ends soon after its run's signal is aborted. */
  start(run: CheckedRun): Promise<SandboxResult>
  /** Gives back what is kept between runs. */
  end?(): Promise<void>
}

/** The sandbox that a driver makes: arguments are checked, runs wait for their turns, `close` ends them all. */
export function sandboxOf(driver: Driver, { concurrency = availableParallelism() }: SandboxOptions): Sandbox {
  if (!Number.isInteger(concurrency) || concurrency < 1)
    throw new AnyModelError(
      'invalid-argument',
      `concurrency must be a whole number above 0, not ${String(concurrency)}.`,
    )
  const { name, languages, holds } = driver
  const turns = new Turns(concurrency)
  const closing = new AbortController()
  const underWay = new Set<Promise<unknown>>()
  return {
    name,
    languages,
    holds,
    async run(run) {
      if (closing.signal.aborted) throw closed(name)
      // One per run: listeners of many runs on one signal would look like a leak.
      const signal = AbortSignal.any(run.signal ? [run.signal, closing.signal] : [closing.signal])
      const checked = checkedRun(run, name, languages, signal)
      const result = turns.run(() => started(driver, checked), signal)
      underWay.add(result)
      return result.finally(() => underWay.delete(result))
    },
    async close() {
      closing.abort(closed(name))
      await Promise.allSettled(underWay)
      await driver.end?.()
    },
  }
}

const closed = (name: string) =>
  new AnyModelError('aborted', `The sandbox ${name} is closed. Make another one for more runs.`)

async function started(driver: Driver, run: CheckedRun): Promise<SandboxResult> {
  const begun = performance.now()
  const program = run.language === 'typescript' ? await stripTypes(run) : run
  if ('error' in program)
    return { outcome: 'exited', exitCode: 1, stdout: '', stderr: program.error, durationMs: performance.now() - begun }
  const result = await driver.start(program)
  run.signal.throwIfAborted()
  return result
}
