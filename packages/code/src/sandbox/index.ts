export type { SandboxOptions } from './driver.ts'
export { processSandbox } from './process.ts'
export type { Sandbox, SandboxLimits, SandboxOutcome, SandboxResult, SandboxRun, SandboxThreat } from './sandbox.ts'
