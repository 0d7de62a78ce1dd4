// Clients of others that are no dependency of this repository: installed when a benchmark wants them, each in a folder of its own outside the tree.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Versions are the newest that run on Node 20. */
export const peers = {
  xsai: ['@xsai/stream-text@0.4.4', '@xsai/generate-text@0.4.4'],
  langchain: ['@langchain/openai@1.5.8', '@langchain/core@1'],
  'pi-ai': ['@mariozechner/pi-ai@0.73.1'],
  tanstack: ['@tanstack/ai@0.58.0', '@tanstack/ai-openai@0.23.1', 'zod@4.6.7'],
  genkit: ['genkit@1.42.0', '@genkit-ai/compat-oai@1.42.0'],
}

/** Where they are put. */
export const root = join(tmpdir(), 'anymodel-bench')

/** The folder to load a peer from; `undefined` when it can't be installed. */
export function install(name, specs = peers[name], flags = []) {
  const folder = join(root, `${name}-${specs.map((spec) => spec.split('@').at(-1)).join('-')}`)
  if (existsSync(folder)) return folder
  const making = `${folder}.${process.pid}`
  console.error(`installing ${specs.join(' ')} into ${root}`)
  try {
    mkdirSync(making, { recursive: true })
    writeFileSync(join(making, 'package.json'), '{"private":true}')
    // Loads packages as code in this folder would, whatever their exports say.
    writeFileSync(join(making, 'load.mjs'), 'export const load = (name) => import(name)\n')
    const options = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']
    execFileSync('npm', ['install', ...options, ...flags, ...specs], {
      cwd: making,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    renameSync(making, folder)
    return folder
  } catch (error) {
    rmSync(making, { recursive: true, force: true })
    console.error(`${name} is left out: it could not be installed (${error.message.split('\n')[0]}).`)
    return undefined
  }
}
