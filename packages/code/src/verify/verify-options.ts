import type { CodeFile, Given, Sandbox, SandboxLimits, TextModel, Usage } from '@anymodel/core'
import type { GenerateCodeOptions } from '../generate/generate-code.ts'
import type { CodeTests, TestInput, TestReport } from './code-tests.ts'

/** Options of `generateVerifiedCode` and `streamVerifiedCode`. Give `model` or `models`. */
export interface VerifiedCodeOptions
  extends Pick<
    GenerateCodeOptions,
    'context' | 'maxTokens' | 'topP' | 'reasoning' | 'onUnsupported' | 'headers' | 'extra' | 'signal'
  > {
  readonly model?: Given<TextModel>
  /** Several models: the samples go round them. */
  readonly models?: readonly Given<TextModel>[]
  /** What to write. */
  readonly task: string
  /** `javascript`, `typescript`, `python`; `json` and `sql` are parsed, not run. */
  readonly language: string
  /** What the code must pass. The models see them. Default: none; samples are then compared by what they do. */
  readonly tests?: CodeTests
  /** Where the code runs. Default: `defaultSandbox(language)`. */
  readonly sandbox?: Sandbox
  /** Limits of one run in the sandbox. */
  readonly limits?: SandboxLimits
  /** Whether types are checked before code runs, where `typescript` is installed. Default true. */
  readonly typeCheck?: boolean
  /** How many programs to ask for, 1 to 1,000. Default 8. */
  readonly samples?: number
  /** How many are asked for at once. Default 4. */
  readonly concurrency?: number
  /** Temperatures of the samples, in turn. Default: from 0.2 to 1 in even steps. */
  readonly temperatures?: readonly number[]
  /** Ends the sampling once so many passed all tests. Default: 1, or `samples` when there are fewer than 4 cases. */
  readonly enough?: number
  /** How often programs that failed are sent back with what went wrong, when none passed. Default 2. */
  readonly repairs?: number
  /** The function that samples are compared by. Default: that of `tests`, else a name that most of them define. */
  readonly entryPoint?: string
  /** Inputs that samples are compared on: each the list of arguments, or a text on standard input. Default: a model writes some, when tests are missing or few. */
  readonly inputs?: readonly TestInput[]
  /** Who writes inputs. Default: the last of `models`. */
  readonly inputModel?: Given<TextModel>
  /** Who scores the best of each of the largest clusters, 0 to 10. Default: nobody. */
  readonly judge?: Given<TextModel>
  readonly budget?: VerifyBudget
}

/** What may be spent. What was found until then is the result. */
export interface VerifyBudget {
  /** Input and output tokens of all answers. No request begins above it. */
  readonly tokens?: number
  /** Milliseconds from the call on. What is under way then is ended. */
  readonly timeMs?: number
  /** In the currency of `costOf`. No request begins above it. */
  readonly cost?: number
  /** The price of an answer; `undefined` when it isn't known. */
  readonly costOf?: (usage: Usage, model: { readonly provider: string; readonly id: string }) => number | undefined
}

/** Code with what is known about it. Plain JSON. */
export interface VerifiedCode {
  /** The best program. */
  readonly code: string
  /** It, with the other files of its answer. */
  readonly files: readonly CodeFile[]
  /** There were tests, and the code passed all of them. */
  readonly passed: boolean
  /** Why not: there were no tests, or what failed. */
  readonly problem?: string
  readonly evidence: Evidence
}

/** How the code was found. Plain JSON. */
export interface Evidence {
  /** What the tests said about the chosen code. */
  readonly tests?: TestReport
  /** Everything that was tried, in order; `chosen` is one of them. */
  readonly attempts: readonly CodeAttempt[]
  /** `index` of the attempt that the code is from. */
  readonly chosen: number
  /** Attempts that do the same, the best cluster first. */
  readonly clusters: readonly Cluster[]
  /** Share of the attempts that ran and are in the chosen one's cluster, 0 to 1: how far samples agree. */
  readonly agreement: number
  /** What they were compared on. */
  readonly inputs: readonly TestInput[]
  /** Unbiased pass@k by k, over the first round. Absent without tests and when the sampling was ended early, which would bias it. */
  readonly passAtK?: Readonly<Record<string, number>>
  /** Rounds of repair. */
  readonly rounds: number
  /** Why no more was tried. */
  readonly stopped: 'passed' | 'samples' | 'tokens' | 'time' | 'cost'
  /** Of all answers, those of `inputModel` and `judge` too. */
  readonly usage: Usage
  /** Sum of what `costOf` knew. */
  readonly cost?: number
  /** What could not be done, such as a check whose package isn't there. */
  readonly notes: readonly string[]
}

/** One program that was asked for. */
export interface CodeAttempt {
  readonly index: number
  /** 0: a first sample; n: of the n-th round of repairs. */
  readonly round: number
  /** `provider/id`. */
  readonly model: string
  readonly temperature?: number
  /** Of a repair: the attempt that was sent back. */
  readonly repairOf?: number
  /** Empty when the request failed. */
  readonly code: string
  readonly files: readonly CodeFile[]
  /** The attempt that has the same tokens: nothing was run again. */
  readonly duplicateOf?: number
  /** Why it was not run: the request failed, there was no code, it does not parse or type-check. */
  readonly problem?: string
  readonly tests?: TestReport
  /** Names what it does on `inputs`: attempts with the same do the same. */
  readonly signature?: string
  /** Of the judge, 0 to 1. */
  readonly score?: number
  readonly usage: Usage
}

/** Attempts that do the same. */
export interface Cluster {
  readonly signature: string
  /** Indexes of attempts, the best first. */
  readonly attempts: readonly number[]
  /** Share of the tests that they pass, 0 to 1; 1 without tests. */
  readonly passing: number
  /** Of the judge, 0 to 1. */
  readonly score?: number
}

/** What is said while code is sought. */
export type VerifyEvent =
  /** An attempt is asked for. */
  | { readonly type: 'attempt-start'; readonly index: number; readonly round: number; readonly model: string }
  /** It was checked and tested. */
  | { readonly type: 'attempt-end'; readonly attempt: CodeAttempt }
  /** Attempts are compared on these. */
  | { readonly type: 'inputs'; readonly inputs: readonly TestInput[] }
  | { readonly type: 'clusters'; readonly clusters: readonly Cluster[] }
  /** None passed: these are sent back. */
  | { readonly type: 'repair'; readonly round: number; readonly attempts: readonly number[] }
  | { readonly type: 'finish'; readonly result: VerifiedCode }

/** Code on its way. Nothing is sent before somebody reads; any number of readers may, each gets everything. */
export interface VerifiedCodeStream extends AsyncIterable<VerifyEvent> {
  /** What `generateVerifiedCode` would have returned. Reading it runs the search to its end. */
  readonly result: Promise<VerifiedCode>
}
