import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { AnyModelError } from '@anymodel/core'

/** Names of the config file, in the order of preference. */
const configNames = ['ts', 'mjs', 'js', 'json', 'yaml', 'yml'].map((ending) => `anymodel.config.${ending}`)

/**
 * The path of the config file: the one given, else `ANYMODEL_CONFIG`, else the nearest one upward from the working folder; `undefined` when there is none.
 * Throws `config` when a file that was named does not exist.
 */
export function findConfig(given?: string): string | undefined {
  const named = given ?? process.env.ANYMODEL_CONFIG
  if (named) {
    const path = resolve(named)
    if (existsSync(path)) return path
    const by = given ? '' : ' (named by ANYMODEL_CONFIG)'
    throw new AnyModelError('config', `There is no config file ${path}${by}. "anymodel config init" writes one.`)
  }
  for (let dir = process.cwd(); ; dir = dirname(dir)) {
    const name = configNames.find((name) => existsSync(join(dir, name)))
    if (name) return join(dir, name)
    if (dirname(dir) === dir) return undefined
  }
}
