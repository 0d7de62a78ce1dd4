export type {
  Sandbox,
  SandboxLimits,
  SandboxOutcome,
  SandboxResult,
  SandboxRun,
  SandboxThreat,
} from '@anymodel/core'
export { bubblewrapSandbox } from './bubblewrap.ts'
export { defaultSandbox } from './default.ts'
export { type DockerSandboxOptions, dockerSandbox } from './docker.ts'
export type { SandboxOptions } from './driver.ts'
export { processSandbox } from './process.ts'
export { pyodideSandbox } from './pyodide.ts'
export { quickjsSandbox } from './quickjs.ts'
