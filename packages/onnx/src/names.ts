import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { isAbsolute, join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { AnyModelError, isAnyModelError } from '@anymodel/core'
import { type Dtype, dtypes } from './dtypes.ts'
import { fromCache } from './hub/cached-model.ts'
import type { DownloadStep } from './hub/download-model.ts'
import { type HubName, parseHubName } from './hub/hub-name.ts'
import { type HubOptions, openHub } from './hub/options.ts'

export { type Dtype, dtypes }

/** Where a model lies, and in which precision it is wanted. */
export interface Location {
  readonly folder: string
  readonly dtype?: Dtype
}

/** Where names are looked up. */
export interface Places {
  /** Folder of models; `dir:` names are relative to it. Default: the working folder. */
  readonly dir?: string
  /** Files (`import.meta.url`) whose packages are searched besides those of the project in the working folder. */
  readonly resolveFrom?: readonly (string | URL)[]
  /** Where `hf:` names are downloaded from, and where to. */
  readonly hub?: HubOptions
}

/** The parts of a model's name. */
export interface ModelName {
  readonly scheme: 'npm' | 'dir' | 'hf' | 'bare'
  readonly name: string
  readonly dtype?: Dtype
}

/**
 * Finds the folder of a model: `npm:<package>`, `dir:<path>`, `hf:<org>/<repo>[/<folder>][@<revision>]` that was downloaded before, or a bare name, which is a folder in `dir` or else the package `@anymodel/model-<name>`.
 * `:<dtype>` may follow. Throws `config` when there is none.
 */
export function locate(id: string, places: Places = {}): Location {
  const { scheme, name, dtype } = parseName(id)
  if (scheme === 'hf') return fromHub(name, dtype, id, places)
  const folder = lookUp[scheme](name, id, places)
  return dtype === undefined ? { folder } : { folder, dtype }
}

/**
 * Finds the folder of a model as `locate` does, and downloads what is missing of an `hf:` name. Throws `config` also for one that is larger than the memory, what went wrong with the download, and the reason of `signal`.
 */
export async function resolveModel(
  id: string,
  places: Places = {},
  {
    onStep,
    signal,
  }: { readonly onStep?: (step: DownloadStep) => void; readonly signal?: AbortSignal | undefined } = {},
): Promise<Location> {
  const { scheme, name, dtype } = parseName(id)
  if (scheme !== 'hf') return locate(id, places)
  const { downloadModel } = await import('./hub/download-model.ts')
  try {
    const { folder, dtype: found } = await downloadModel(openHub(places.hub), hubName(name, id), {
      dtype,
      signal,
      mustFit: true,
      ...(onStep && { onStep }),
    })
    return found === undefined ? { folder } : { folder, dtype: found }
  } catch (error) {
    throw named(error, id)
  }
}

/** Reads a name. Throws `config` for an empty one, and for an unknown precision. */
export function parseName(id: string): ModelName {
  const [, scheme = 'bare', rest = ''] = /^(?:(npm|dir|hf):)?(.*)$/s.exec(id) ?? []
  const [, name = rest, dtype] = /^(.+):(\w+)$/s.exec(rest) ?? []
  if (name === '') fail(id, 'the name is empty.')
  if (dtype !== undefined && !Object.hasOwn(dtypes, dtype))
    fail(id, `"${dtype}" is not a precision. Use one of ${Object.keys(dtypes).join(', ')}, or leave it out.`)
  return { scheme: scheme as ModelName['scheme'], name, ...(dtype !== undefined && { dtype: dtype as Dtype }) }
}

const lookUp = { npm: fromPackage, dir: fromPath, bare: fromBareName }

/** The model of the hub that an id names, which is `hf:<name>`. Throws `config` for what can't be one. */
export const hubName = (name: string, id: string): HubName =>
  parseHubName(name) ??
  fail(
    id,
    'a model of the hub is named hf:<org>/<repo>, with @<revision> and :<precision> behind it where they matter.',
  )

function fromHub(name: string, dtype: Dtype | undefined, id: string, { hub }: Places): Location {
  try {
    const { folder, dtype: found } = fromCache(openHub(hub), hubName(name, id), dtype)
    return found === undefined ? { folder } : { folder, dtype: found }
  } catch (error) {
    throw named(error, id)
  }
}

const named = (error: unknown, id: string): unknown =>
  isAnyModelError(error) ? error.with({ provider: 'onnx', model: id }) : error

function fromPackage(name: string, id: string, places: Places): string {
  return packageFolder(name, places) ?? fail(id, `the package is not installed. Run: npm install ${name}`)
}

function fromPath(path: string, id: string, { dir = '.' }: Places): string {
  const folder = resolve(dir, path)
  return existsSync(folder) ? folder : fail(id, `there is no folder ${folder}.`)
}

function fromBareName(name: string, id: string, places: Places): string {
  const dir = resolve(places.dir ?? '.')
  const folder = resolve(dir, name)
  const inside = relative(dir, folder)
  if (inside.startsWith('..') || isAbsolute(inside)) fail(id, `a bare name can't lead out of ${dir}. Use dir:<path>.`)
  if (existsSync(folder)) return folder
  const packageName = `@anymodel/model-${name}`
  return (
    packageFolder(packageName, places) ??
    fail(id, `there is neither a folder ${folder} nor an installed package ${packageName}.`)
  )
}

/** Folders in which packages are looked for, the nearest first. */
export function packageFolders(name: string, { resolveFrom = [] }: Places): string[] {
  const project = pathToFileURL(join(process.cwd(), 'package.json'))
  return [project, ...resolveFrom, import.meta.url].flatMap((from) => createRequire(from).resolve.paths(name) ?? [])
}

/** Looks into `node_modules` rather than at a package's exports: a folder of weights need not export anything. */
const packageFolder = (name: string, places: Places): string | undefined =>
  packageFolders(name, places)
    .map((modules) => join(modules, name))
    .find((folder) => existsSync(join(folder, 'package.json')))

function fail(id: string, problem: string): never {
  throw new AnyModelError('config', `The local model "${id}" can't be found: ${problem}`, {
    provider: 'onnx',
    model: id,
  })
}
