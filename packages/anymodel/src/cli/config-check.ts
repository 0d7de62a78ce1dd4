import { AnyModelError } from '@anymodel/core'
import type { CheckedConfig } from '../config/check.ts'
import { loadConfig } from '../config/load.ts'
import { displayPath } from '../config/problem.ts'
import { type CallRoute, type Candidate, explainCall } from '../roles/explain.ts'
import { kinds } from '../roles/kinds.ts'
import { States } from '../roles/states.ts'
import { describe } from './description.ts'
import { type CallOptions, imaginedCall } from './imagined-call.ts'
import { roleLines } from './models.ts'
import { paint, write, writePainted } from './output.ts'
import { table } from './table.ts'

export interface CheckOptions extends CallOptions {
  readonly config?: string
  /** Whose way a call is told. Default: no call's. */
  readonly role?: string
  readonly json?: boolean
  readonly verbose?: boolean
}

/** `anymodel config check`: throws what is wrong with the file, else prints each role's route, or the way of one call. A variable that is not set is a remark: it may be set elsewhere. */
export async function configCheck({ config, role, json, verbose: _verbose, ...call }: CheckOptions): Promise<void> {
  const checked = await loadConfig(config)
  if (role !== undefined) {
    const route = await routeOf(checked, role, call)
    return json ? write(`${JSON.stringify(route)}\n`) : writePainted(callText(route))
  }
  const [given] = Object.entries(call).flatMap(([name, value]) => (value === undefined ? [] : [name]))
  if (given) throw new AnyModelError('invalid-argument', `--${given} says something of a call: it needs --role.`)
  const { roles } = describe(checked)
  if (json) return write(`${JSON.stringify({ config: checked.file ?? null, roles })}\n`)
  const name = checked.file === undefined ? 'No config file' : displayPath(checked.file)
  await writePainted(`${name}: valid\n${roleLines(roles)}`)
}

async function routeOf(config: CheckedConfig, role: string, call: CallOptions): Promise<CallRoute> {
  const states = new States()
  try {
    // What a state in memory knows, the other process knows alone.
    const open = config.state === 'memory' ? undefined : () => states.of(config)
    // Roles that are named as a kind, such as image, are what commands of that kind ask.
    const usual = kinds.find((kind) => kind === role)
    return await explainCall(config, role, imaginedCall({ ...(usual ? { kind: usual } : {}), ...call }), open)
  } finally {
    await states.close()
  }
}

function callText({ role, kind, answers, candidates, state }: CallRoute): string {
  const [first = 'nobody', ...others] = answers
  const who = others.length > 0 ? `one of ${answers.join(', ')}` : first
  const rows = candidates.map((one, at) => [`${at + 1}.`, one.model, placeText(one), noteOf(one)])
  const lost = state === undefined ? '' : paint('yellow', `What other processes know could not be read: ${state}\n`)
  return `${role}: this ${kind} call goes to ${paint('bold', who)}\n${table(rows)}${lost}`
}

const places: Readonly<Record<Candidate['place'], string>> = {
  first: 'gets it',
  shared: 'may get it',
  next: 'when those before it fail',
  last: 'after the others',
  passed: 'is passed over',
}

const placeText = ({ place, balance }: Candidate): string =>
  place === 'shared' ? `${places[place]} (${balance})` : places[place]

function noteOf({ why, limits = {}, budget }: Candidate): string {
  const names: Readonly<Record<string, string>> = {
    requestsPerMinute: 'requests',
    tokensPerMinute: 'tokens of this minute',
    requestsPerDay: 'requests of this day',
    tokensPerDay: 'tokens of this day',
    requestsPerMonth: 'requests of this month',
    concurrency: 'places',
  }
  const left = Object.entries(limits).map(([name, amount]) => `${amount} ${names[name]} left`)
  const money = budget ? [`${Number(budget.left.toPrecision(3))} ${budget.unit} left of ${budget.name}`] : []
  return [...(why === undefined ? [] : [why]), ...left, ...money].join('; ')
}
