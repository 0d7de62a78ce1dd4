import { loadConfig } from '../config/load.ts'
import { impliedTypes } from '../config/names.ts'
import { describe } from './description.ts'
import { paint, write, writePainted } from './output.ts'
import { table } from './table.ts'

/** `anymodel models`: what can be asked for by name. */
export async function models({ config, json }: { readonly config?: string; readonly json?: boolean }): Promise<void> {
  const description = describe(await loadConfig(config))
  if (json) return write(`${JSON.stringify(description)}\n`)
  const { roles, providers } = description
  await writePainted(
    paint('dim', `${description.config ?? 'No config file: the built-in local models play their roles.'}\n\n`),
  )
  await writePainted(`Roles\n${roleLines(roles)}\nProviders\n`)
  await writePainted(table(providers.map(({ name, type, from, problem }) => [name, type, from, note(problem)])))
  await write(`\nWithout an entry, as provider/model: ${impliedTypes.join(', ')}.\n`)
}

/** A line per role: the way to its model, and what is in the way. */
export const roleLines = (roles: ReturnType<typeof describe>['roles']): string =>
  table(roles.map(({ route, problem }) => [route, note(problem)]))

const note = (problem: string | undefined): string => (problem ? paint('yellow', problem) : '')
