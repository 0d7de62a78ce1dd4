import { AnyModelError, isAnyModelError, type Sandbox } from '@anymodel/core'
import { bubblewrapSandbox } from './bubblewrap.ts'
import { dockerSandbox } from './docker.ts'
import type { SandboxOptions } from './driver.ts'
import { processSandbox } from './process.ts'
import { pyodideSandbox } from './pyodide.ts'
import { quickjsSandbox } from './quickjs.ts'

type Make = (options?: SandboxOptions) => Promise<Sandbox>

/** Best first: walls of the system before walls of a runtime, and a language's own engine before a smaller one. */
const makers: Readonly<Record<string, readonly Make[]>> = {
  javascript: [bubblewrapSandbox, processSandbox, dockerSandbox, quickjsSandbox],
  typescript: [bubblewrapSandbox, processSandbox, dockerSandbox, quickjsSandbox],
  python: [bubblewrapSandbox, dockerSandbox, pyodideSandbox],
}

/**
 * The best sandbox that this machine has for a language (`javascript`, `typescript`, `python`): Bubblewrap; for JavaScript a process of Node where that can do without
 * a network; Docker; an engine in WebAssembly (Pyodide, QuickJS). None that leaves the network open is ever taken. Close it when you are done.
 * Throws `unsupported` when there is none, with what to install.
 */
export async function defaultSandbox(language: string, options: SandboxOptions = {}): Promise<Sandbox> {
  const ways = Object.hasOwn(makers, language) ? makers[language] : undefined
  if (!ways)
    throw new AnyModelError(
      'unsupported',
      `No sandbox runs ${String(language)}. There is ${Object.keys(makers).join(', ')}.`,
    )
  const reasons: string[] = []
  for (const make of ways) {
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
