import { constants } from 'node:os'
import type { SandboxResult } from '@anymodel/core'

/** How a process ended. */
interface Ending {
  readonly code: number | null
  readonly killedBy: NodeJS.Signals | null
  /** Why it was killed by us. */
  readonly cut: 'timeout' | 'output' | undefined
  readonly stderr: string
}

/** What runtimes say at the end when they get no more memory. */
const noMemory =
  /out of memory|Array buffer allocation failed|Unable to grow instance memory|^MemoryError\b|bad_alloc/im

/** Signals that a shell's exit code above 128 tells of: those that end a program which did not choose to. */
const fatal = ['SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGKILL', 'SIGSEGV', 'SIGSYS', 'SIGTRAP', 'SIGXCPU'] as const

/** Names the ending of a process that may stand behind a wrapper, whose exit code is then 128 and the signal's number. */
export function outcomeOf({ code, killedBy, cut, stderr }: Ending): Pick<SandboxResult, 'outcome' | 'exitCode'> {
  if (cut) return { outcome: cut }
  const signal = killedBy ?? fatal.find((name) => constants.signals[name] + 128 === code)
  if (signal === 'SIGXCPU') return { outcome: 'timeout' }
  const failed = signal !== undefined || code !== 0
  if (failed && noMemory.test(stderr.slice(-8_192))) return { outcome: 'memory' }
  // Nobody here sent it: the system was short of memory.
  if (signal === 'SIGKILL') return { outcome: 'memory' }
  return signal === undefined && code !== null ? { outcome: 'exited', exitCode: code } : { outcome: 'crashed' }
}
