export type { Sandbox, SandboxLimits, SandboxOutcome, SandboxResult, SandboxRun, SandboxThreat } from '@anymodel/core'
