import type { CodeFile } from './code.ts'

/** What a program that nobody trusts may try. A sandbox lists the ones that it holds; `testSandbox` of `@anymodel/testing` tries them. */
export type SandboxThreat =
  /** Reading files that are not its own, nor the language's. */
  | 'read'
  /** Writing outside of its own folder, or anything that outlives the run. */
  | 'write'
  /** Reading the host's environment variables. */
  | 'environment'
  /** Reaching anything over TCP and UDP: other machines, the host's loopback, name servers. */
  | 'network'
  /** Connecting to local (Unix) sockets, such as a container daemon's. */
  | 'local-sockets'
  /** Starting processes, or signalling and inspecting other ones. */
  | 'processes'
  /** Running for longer than its time. */
  | 'time'
  /** Taking more memory than it may. */
  | 'memory'
  /** Flooding its host with output. */
  | 'output'
  /** Changing the program that runs the sandbox: prototypes, globals, exits, later runs. */
  | 'host'

/** How much one run may take. */
export interface SandboxLimits {
  /** Milliseconds from the start of the program, without the time it waited for its turn. Default 3,000. */
  readonly timeMs?: number
  /** Bytes of memory for the program's data, beside the runtime's own. Default 256 MiB. */
  readonly memoryBytes?: number
  /** Bytes of standard output and standard error together. Default 1 MiB. */
  readonly outputBytes?: number
}

/** A program to run. */
export interface SandboxRun {
  /** One of the sandbox's `languages`. */
  readonly language: string
  /** All files of the program, in a folder of their own. Relative paths that stay in it, else `invalid-argument`. */
  readonly files: readonly CodeFile[]
  /** Path of the file that is run. */
  readonly entry: string
  /** The program's arguments. */
  readonly args?: readonly string[]
  /** Text on standard input. Default: empty. */
  readonly stdin?: string
  readonly limits?: SandboxLimits
  /** Kills the program; `run` then rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

/**
 * How a run ended: `exited` by itself (then there is an `exitCode`; an uncaught error is exit code 1), killed at a limit (`timeout`, `memory`, `output`),
 * or `crashed`: the runtime died of something else.
 */
export type SandboxOutcome = 'exited' | 'timeout' | 'memory' | 'output' | 'crashed'

/** What became of a run. All of it is what the program says: exit code 0 may also be a `process.exit(0)` in the middle. */
export interface SandboxResult {
  readonly outcome: SandboxOutcome
  /** Only when `outcome` is `exited`. */
  readonly exitCode?: number
  /** What it wrote until its end, also when it was killed. Bytes that are no UTF-8 read as U+FFFD. */
  readonly stdout: string
  readonly stderr: string
  /** Milliseconds from the start of the program to its end. */
  readonly durationMs: number
}

/** Runs programs that nobody trusts. */
export interface Sandbox {
  /** Such as `bubblewrap`. */
  readonly name: string
  /** `javascript`, `typescript`, `python`. */
  readonly languages: readonly string[]
  /** What it keeps a program from, on this machine. */
  readonly holds: readonly SandboxThreat[]
  /**
   * Runs one program from nothing: no run sees anything of another. May be called any number of times at once: what exceeds the sandbox's `concurrency` waits.
   * A program that fails is a result, not an error. Errors: `invalid-argument` for a run that can't be, `unsupported` for a language that isn't there.
   */
  run(run: SandboxRun): Promise<SandboxResult>
  /** Ends what was kept warm, and the runs under way. */
  close(): Promise<void>
}
