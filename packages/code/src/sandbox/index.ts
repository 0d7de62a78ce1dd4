export type { Sandbox, SandboxLimits, SandboxOutcome, SandboxResult, SandboxRun, SandboxThreat } from './sandbox.ts'
