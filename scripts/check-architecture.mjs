// Who may import whom, and what protocols may not do. `node scripts/check-architecture.mjs` prints what breaks the rules, and why they are there.
import { readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join, posix, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const onCore = ['@anymodel/core']

/** The packages of this repository that each may import; one that is not listed may import none. `all`: any. */
const arrows = {
  '@anymodel/core': [],
  '@anymodel/providers': onCore,
  '@anymodel/onnx': onCore,
  '@anymodel/code': onCore,
  '@anymodel/rag': onCore,
  '@anymodel/testing': onCore,
  '@anymodel/server': ['@anymodel/core', '@anymodel/providers'],
  anymodel: 'all',
}

/** What may not stand in files at a path, and why. */
const forbidden = [
  {
    path: /^packages\/providers\/src\/protocols\//,
    imports:
      /^(?:node:)?(?:fs|net|tls|http|https|http2|dns|dgram|child_process|worker_threads|timers|os)(?:\/|$)|^undici$/,
    words:
      /\bfetch\(|\bDate\.now\(|\bnew Date\(\)|\bset(?:Timeout|Interval|Immediate)\(|\bperformance\.now\(|\bprocess\.env\b|\bMath\.random\(/,
    why: 'protocols are pure functions: no I/O, no clock, no chance. Leave that to packages/providers/src/model.ts.',
  },
  {
    path: /^packages\/core\/src\/(?!http\/)/,
    imports: /^undici$|^(?:node:)?(?:http|https|net|tls)$/,
    why: 'requests travel through packages/core/src/http only.',
  },
]

/** Tests, and what only tests use, may import what they like. */
const isTest = (path) => /\.test\.tsx?$|^packages\/[^/]+\/src\/testing\//.test(path)

/** The code without its comments, in which samples import as well. */
const withoutComments = (text) => text.replace(/^\s*\/\*.*?\*\//gms, '').replace(/^\s*\/\/.*$/gm, '')

const clause = String.raw`(?:[\w$]+\s*,\s*)?(?:[\w$]+|\*(?:\s+as\s+[\w$]+)?|\{[^}]*\})`
const statement = new RegExp(String.raw`^\s*(?:import|export)(\s+type)?\s*${clause}\s*from\s*'([^']+)'`, 'gm')
const bare = /\bimport\s*\(?\s*'([^'$]+)'/g

/** Every import and re-export of a file: what is imported, and whether only its types are. */
const importsOf = (code) => [
  ...[...code.matchAll(statement)].map(([, type, specifier]) => ({ specifier, type: type !== undefined })),
  ...[...code.matchAll(bare)].map(([, specifier]) => ({ specifier, type: false })),
]

const packageOf = (specifier) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
const isBuiltin = (specifier) => specifier.startsWith('node:') || builtinModules.includes(specifier)

/**
 * What breaks the rules, one line each.
 * `files`: { path, text } with paths from the root of the repository. `manifests`: what package.json says, by folder of the package.
 */
export function problemsOf(files, manifests) {
  const ours = new Set(Object.values(manifests).map(({ name }) => name))
  return files.filter(({ path }) => !isTest(path)).flatMap((file) => problemsIn(file, manifests, ours))
}

function problemsIn({ path, text }, manifests, ours) {
  const folder = path.split('/').slice(0, 2).join('/')
  const manifest = manifests[folder]
  const code = withoutComments(text)
  const problems = []
  for (const { specifier, type } of importsOf(code)) {
    const why = specifier.startsWith('.')
      ? wrongPath(path, folder, specifier, type)
      : wrongPackage(manifest, packageOf(specifier), specifier, ours)
    if (why) problems.push(`${path} imports ${specifier}: ${why}`)
    for (const rule of forbidden)
      if (rule.path.test(path) && rule.imports.test(specifier))
        problems.push(`${path} imports ${specifier}: ${rule.why}`)
  }
  for (const rule of forbidden) {
    const word = rule.path.test(path) ? rule.words?.exec(code)?.[0] : undefined
    if (word) problems.push(`${path} uses ${word}: ${rule.why}`)
  }
  return problems
}

function wrongPath(path, folder, specifier, type) {
  const target = posix.join(posix.dirname(path), specifier)
  if (!target.startsWith(`${folder}/`)) return 'a package imports another by its name, not by its path.'
  if (!path.startsWith('packages/core/src/contract/')) return undefined
  if (target.startsWith('packages/core/src/contract/')) return undefined
  if (target === 'packages/core/src/errors.ts' && type) return undefined
  return 'the contract is types that stand alone: it imports the contract, and types of errors.ts.'
}

function wrongPackage({ name, dependencies = {}, peerDependencies = {} }, imported, specifier, ours) {
  if (isBuiltin(specifier) || imported === name) return undefined
  const allowed = arrows[name] ?? []
  if (ours.has(imported) && allowed !== 'all' && !allowed.includes(imported))
    return `${name} may import ${allowed.length > 0 ? allowed.join(', ') : 'no other package of this repository'}.`
  return imported in { ...dependencies, ...peerDependencies }
    ? undefined
    : `it is not among the dependencies of ${name}.`
}

const root = fileURLToPath(new URL('..', import.meta.url))

/** The sources of all packages and their manifests. */
export function readPackages() {
  const manifests = {}
  const files = []
  for (const name of readdirSync(join(root, 'packages'))) {
    const folder = `packages/${name}`
    manifests[folder] = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
    for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
      const path = relative(root, join(entry.parentPath ?? entry.path, entry.name))
        .split(sep)
        .join('/')
      if (/^packages\/[^/]+\/src\/.*\.ts$/.test(path))
        files.push({ path, text: readFileSync(join(root, path), 'utf8') })
    }
  }
  return { files, manifests }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { files, manifests } = readPackages()
  const problems = problemsOf(files, manifests)
  for (const problem of problems) console.error(problem)
  console.log(`${files.length} files, ${problems.length} against the architecture`)
  if (problems.length > 0) process.exitCode = 1
}
