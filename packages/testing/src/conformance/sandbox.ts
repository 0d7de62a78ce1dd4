import assert from 'node:assert/strict'
import type { Sandbox, SandboxResult, SandboxThreat } from '@anymodel/core'
import { programOf, type SandboxAttack } from '../sandbox/attack.ts'
import { javascriptAttacks } from '../sandbox/javascript-attacks.ts'
import { javascriptFloods } from '../sandbox/javascript-floods.ts'
import { javascriptHost } from '../sandbox/javascript-host.ts'
import { pythonAttacks } from '../sandbox/python-attacks.ts'
import { pythonFloods } from '../sandbox/python-floods.ts'
import { type Target, withTarget } from '../sandbox/target.ts'
import { type Case, soon } from './case.ts'
import { checkSkips, declare, type TestRunner } from './runner.ts'

export interface SandboxSuite extends TestRunner {
  /** The sandbox. Close it after the tests. */
  readonly sandbox: Sandbox
  /** Attacks that it can't hold, by name, with the reason. One that is held all the same fails: its reason is gone. */
  readonly skip?: Readonly<Record<string, string>>
}

/** Every attack of `testSandbox`. */
export const sandboxAttacks: readonly SandboxAttack[] = [
  ...javascriptAttacks,
  ...javascriptFloods,
  ...javascriptHost,
  ...pythonAttacks,
  ...pythonFloods,
]

const threats: readonly SandboxThreat[] = [
  'read',
  'write',
  'environment',
  'network',
  'local-sockets',
  'processes',
  'time',
  'memory',
  'output',
  'host',
]

/**
 * Attacks a sandbox with hostile programs in all of its languages: whatever it says it `holds` must hold. Attacks of threats that it does not claim are skipped.
 *
 * ```ts
 * const sandbox = await bubblewrapSandbox()
 * testSandbox({ describe, test, sandbox })
 * ```
 */
export function testSandbox({ describe, test, sandbox, skip = {} }: SandboxSuite): void {
  const cases = Object.fromEntries(
    threats.map((threat) => [threat, sandboxAttacks.filter((attack) => attack.threat === threat).map(caseOf)]),
  )
  checkSkips(skip, cases)
  const inTime = (one: Case<Sandbox, Sandbox>) => () => soon(one.run(sandbox), 'the end of the attack', 60_000)
  describe(sandbox.name, () => {
    for (const [threat, attacks] of Object.entries(cases))
      declare({ describe, test }, threat, attacks, sandbox, skip, inTime)
  })
}

const caseOf = (attack: SandboxAttack): Case<Sandbox, Sandbox> => ({
  name: attack.name,
  unless({ holds, languages }) {
    if (!languages.includes(attack.language)) return `it runs no ${attack.language}`
    return holds.includes(attack.threat) ? undefined : `it does not claim to hold ${attack.threat}`
  },
  run: (sandbox) => withTarget((target) => attacked(sandbox, attack, target)),
})

async function attacked(sandbox: Sandbox, attack: SandboxAttack, target: Target): Promise<void> {
  const path = attack.language === 'python' ? 'attack.py' : 'attack.js'
  const files = [{ path, text: programOf(attack, target.aim) }]
  const limits = { timeMs: 15_000, ...attack.limits }
  for (let times = attack.again ? 2 : 1; times > 0; times--) {
    const result = await sandbox.run({ language: attack.language, files, entry: path, limits })
    checkResult(attack, result, target.aim.secret)
    await target.untouched()
  }
}

function checkResult({ ways, outcomes, limits }: SandboxAttack, result: SandboxResult, secret: string): void {
  const said = `${result.stdout}\n${result.stderr}`
  const shown = () => `${result.outcome} ${result.exitCode ?? ''}\n${said.slice(0, 4_000)}`
  assert.ok(!said.includes(secret), `the secret got out: ${shown()}`)
  assert.ok(!result.stdout.includes('ESCAPED'), `it escaped: ${shown()}`)
  if (ways) assert.ok(result.stdout.includes('done'), `every way must have been tried: ${shown()}`)
  if (outcomes) assert.ok(outcomes.includes(result.outcome), `it must end by ${outcomes.join(' or ')}: ${shown()}`)
  if (limits?.outputBytes !== undefined)
    assert.ok(result.stdout.length + result.stderr.length <= limits.outputBytes, 'more output than allowed')
  const longest = (limits?.timeMs ?? 15_000) + 10_000
  assert.ok(result.durationMs < longest, `it must end in time, not after ${result.durationMs} ms`)
}
