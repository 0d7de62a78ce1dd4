// What an application pays in bytes: a program that asks one model, bundled by esbuild (tree-shaken, minified), gzipped. undici stays outside, eventsource-parser is inside.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

export const title = 'Bundle of generateText and a provider: minified and gzipped, bytes (undici external)'

/** Bytes that a bundle may have to begin with (`twoProtocols`: of a provider that speaks two), and that a further provider on a protocol that is already there may add. */
export const limits = { bundle: 15 * 1_024, twoProtocols: 20 * 1_024, provider: 1_024 }

/** Azure, OpenAI and xAI answer by Responses and by Chat Completions: both are in their files. */
const twoProtocols = ['azure', 'openai', 'xai']

export const limitOf = (name) => (twoProtocols.includes(name) ? limits.twoProtocols : limits.bundle)

const here = fileURLToPath(new URL('.', import.meta.url))
const providers = fileURLToPath(new URL('../../packages/providers/package.json', import.meta.url))

/** Every provider, by subpath (`webhooks` is none): one file each, named like its function (`openai-compatible` is `openaiCompatible`). */
export const providerNames = () =>
  Object.keys(JSON.parse(readFileSync(providers, 'utf8')).exports)
    .filter((subpath) => /^\.\/[a-z-]+$/.test(subpath) && subpath !== './webhooks')
    .map((subpath) => subpath.slice(2))

const functionOf = (name) => name.replace(/-(.)/g, (_, letter) => letter.toUpperCase())

/** A program that uses these providers. */
const program = (names) => `
  import { generateText } from '@anymodel/core'
  ${names.map((name) => `import { ${functionOf(name)} } from '@anymodel/providers/${name}'`).join('\n')}
  export const models = [${names.map((name) => `${functionOf(name)}({ name: 'x', baseURL: 'https://x/v1' }).text('model')`).join()}]
  export const ask = (prompt) => generateText({ model: models[0], prompt })
`

/** Leaves out what is imported when it is needed. */
const withoutLazy = {
  name: 'without what loads later',
  setup: ({ onResolve }) =>
    onResolve({ filter: /./ }, ({ kind, path }) => (kind === 'dynamic-import' ? { path, external: true } : undefined)),
}

/**
 * Bytes of the program: `start` is what is loaded to begin with, `all` adds what is loaded when it is needed (streams, tools, files, schemas, error texts).
 * `conditions`: which of a package's entries are bundled; `@anymodel/source` takes the sources, else the built files.
 */
export async function bundleSize(names, conditions = []) {
  const options = {
    stdin: { contents: program(names), resolveDir: here, loader: 'js' },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['undici'],
    conditions,
    write: false,
    logLevel: 'error',
  }
  const [all, start] = await Promise.all([build(options), build({ ...options, plugins: [withoutLazy] })])
  return { all: gzipped(all), start: gzipped(start) }
}

const gzipped = ({ outputFiles: [file] }) => gzipSync(file.contents, { level: 9 }).length

/** Sizes of every provider alone, and of what each adds to a bundle that has one of its protocol. */
export async function sizes(conditions) {
  const names = providerNames()
  const alone = new Map()
  for (const name of names) alone.set(name, await bundleSize([name], conditions))
  const base = alone.get('openai-compatible')
  const further = new Map()
  for (const name of names.filter((one) => one !== 'openai-compatible')) {
    const both = await bundleSize(['openai-compatible', name], conditions)
    further.set(name, both.all - base.all)
  }
  return { alone, further }
}

export async function run() {
  const { alone, further } = await sizes()
  const large = [...alone].filter(([name, { start }]) => start > limitOf(name))
  return {
    head: ['provider', 'loaded at start', 'with all that loads later', 'added to openai-compatible'],
    rows: [...alone].map(([name, { start, all }]) => [name, start, all, further.get(name) ?? '-']),
    json: {
      limits,
      start: Object.fromEntries([...alone].map(([name, { start }]) => [name, start])),
      all: Object.fromEntries([...alone].map(([name, { all }]) => [name, all])),
      added: Object.fromEntries(further),
    },
    problems: large.map(
      ([name, { start }]) => `${name}: ${start} bytes are loaded to begin with, ${limitOf(name)} are allowed.`,
    ),
  }
}
