import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { isAbsolute, join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { AnyModelError } from '@anymodel/core'

/** Precisions in the order of preference when a name asks for none, and how their files end: `onnx/model<suffix>.onnx`. */
export const dtypes = {
  fp32: '',
  fp16: '_fp16',
  q8: '_quantized',
  int8: '_int8',
  uint8: '_uint8',
  q4: '_q4',
  q4f16: '_q4f16',
  bnb4: '_bnb4',
} as const

export type Dtype = keyof typeof dtypes

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
}

/**
 * Finds the folder of a model: `npm:<package>`, `dir:<path>`, or a bare name, which is a folder in `dir` or else the package `@anymodel/model-<name>`. `:<dtype>` may follow.
 * Throws `config` when there is none.
 */
export function locate(id: string, places: Places = {}): Location {
  const [, scheme = 'bare', rest = ''] = /^(?:(npm|dir|hf):)?(.*)$/s.exec(id) ?? []
  const [, name = rest, dtype] = /^(.+):(\w+)$/s.exec(rest) ?? []
  if (name === '') fail(id, 'the name is empty.')
  if (dtype !== undefined && !Object.hasOwn(dtypes, dtype))
    fail(id, `"${dtype}" is not a precision. Use one of ${Object.keys(dtypes).join(', ')}, or leave it out.`)
  const folder = lookUp[scheme as keyof typeof lookUp](name, id, places)
  return dtype === undefined ? { folder } : { folder, dtype: dtype as Dtype }
}

const lookUp = { npm: fromPackage, dir: fromPath, hf: fromHub, bare: fromBareName }

function fromPackage(name: string, id: string, places: Places): string {
  return packageFolder(name, places) ?? fail(id, `the package is not installed. Run: npm install ${name}`)
}

function fromPath(path: string, id: string, { dir = '.' }: Places): string {
  const folder = resolve(dir, path)
  return existsSync(folder) ? folder : fail(id, `there is no folder ${folder}.`)
}

function fromHub(_name: string, id: string): never {
  return fail(id, 'this version downloads nothing from the hub. Download the folder yourself and name it: dir:<path>.')
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

/** Looks into `node_modules` rather than at a package's exports: a folder of weights need not export anything. */
function packageFolder(name: string, { resolveFrom = [] }: Places): string | undefined {
  const project = pathToFileURL(join(process.cwd(), 'package.json'))
  for (const from of [project, ...resolveFrom, import.meta.url]) {
    for (const modules of createRequire(from).resolve.paths(name) ?? []) {
      const folder = join(modules, name)
      if (existsSync(join(folder, 'package.json'))) return folder
    }
  }
  return undefined
}

function fail(id: string, problem: string): never {
  throw new AnyModelError('config', `The local model "${id}" can't be found: ${problem}`, {
    provider: 'onnx',
    model: id,
  })
}
