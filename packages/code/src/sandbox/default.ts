import { AnyModelError, isAnyModelError, type Sandbox } from '@anymodel/core'
import { bubblewrapSandbox } from './bubblewrap.ts'
import type { SandboxOptions } from './driver.ts'
import { processSandbox } from './process.ts'

type Make = (options?: SandboxOptions) => Promise<Sandbox>

/** Best first: walls of the system before walls of a runtime, and Node itself before a smaller engine. */
const makers: readonly Make[] = [bubblewrapSandbox, processSandbox]

/**
 * The best sandbox that this machine has for a language (`javascript`, `typescript`, `python`): Bubblewrap, Node's own permissions where there is no network with them,
 * Docker, then engines in WebAssembly (Pyodide, QuickJS). None that leaves the network open is ever taken. Close it when you are done.
 * Throws `unsupported` when there is none, with what to install.
 */
export async function defaultSandbox(language: string, options: SandboxOptions = {}): Promise<Sandbox> {
  const reasons: string[] = []
  for (const make of makers) {
    const sandbox = await make(options).catch((error: unknown) => {
      if (!isAnyModelError(error) || error.code !== 'unsupported') throw error
      reasons.push(error.message)
    })
    if (!sandbox) continue
    if (sandbox.languages.includes(language) && sandbox.holds.includes('network')) return sandbox
    await sandbox.close()
    reasons.push(
      sandbox.languages.includes(language)
        ? `The sandbox ${sandbox.name} can't close the network here.`
        : `The sandbox ${sandbox.name} runs ${sandbox.languages.join(', ')}.`,
    )
  }
  throw new AnyModelError('unsupported', `There is no sandbox for ${language} here. ${reasons.join(' ')}`)
}
