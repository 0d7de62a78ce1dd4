import { sandboxAttacks, testSandbox } from '@anymodel/testing'
import { describe, test } from 'vitest'
import { runCommand } from './child.ts'
import { sandboxOf } from './driver.ts'
import { programPath } from './installed.ts'
import { inRunFolder } from './run-folder.ts'

// What every attack does where nothing holds it: one that is held here shows nothing elsewhere. Endless programs and floods say by their outcome that they ran; what takes memory would take too long here.
const holds = ['read', 'write', 'environment', 'network', 'local-sockets', 'processes'] as const
const programs: Readonly<Record<string, string | undefined>> = {
  javascript: process.execPath,
  python: await programPath('python3'),
}
const languages = Object.keys(programs).filter((language) => programs[language])
const attacks = sandboxAttacks.filter(
  ({ threat, language }) => holds.some((one) => one === threat) && languages.includes(language),
)

const sandbox = sandboxOf(
  {
    name: 'without a sandbox every attack gets through',
    languages,
    holds,
    start: (run) =>
      inRunFolder(run.files, (cwd) =>
        runCommand({ program: programs[run.language] as string, args: [run.entry], cwd, env: process.env }, run),
      ),
  },
  {},
)

testSandbox({
  describe,
  test,
  sandbox,
  skip: Object.fromEntries(attacks.map(({ name }) => [name, 'nothing holds it'])),
})
