import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'

const here = fileURLToPath(new URL('.', import.meta.url))
const subpaths = (folder: string): string[] => {
  const file = new URL(`../packages/${folder}/package.json`, import.meta.url)
  const { name, exports } = JSON.parse(readFileSync(file, 'utf8')) as { name: string; exports: object }
  return Object.keys(exports)
    .filter((subpath) => subpath !== './package.json')
    .map((subpath) => name + subpath.slice(1))
}

/** The packages of others that are loaded by importing this: dynamic imports are not followed, all else is. */
async function loadedBy(specifier: string): Promise<string[]> {
  const { metafile } = await build({
    stdin: { contents: `import * as all from '${specifier}'\nexport { all }`, resolveDir: here },
    bundle: true,
    format: 'esm',
    platform: 'node',
    conditions: ['@anymodel/source'],
    treeShaking: false,
    metafile: true,
    write: false,
    logLevel: 'error',
    plugins: [
      {
        name: 'only what is loaded at once, packages of others by name',
        setup: ({ onResolve }) =>
          onResolve({ filter: /./ }, ({ kind, path }) => {
            const outside = !/^[./]/.test(path) && !/^(?:@anymodel\/|anymodel$)/.test(path)
            return kind === 'dynamic-import' || outside ? { path, external: true } : undefined
          }),
      },
    ],
  })
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports)
  const names = imports.filter(({ kind, path }) => kind !== 'dynamic-import' && !path.startsWith('node:'))
  return [...new Set(names.map(({ path }) => path))].sort()
}

describe('importing loads nothing heavy', () => {
  for (const specifier of [...subpaths('core'), ...subpaths('providers'), ...subpaths('rag')]) {
    it(`${specifier} loads no other package`, async () => {
      expect(await loadedBy(specifier)).toEqual([])
    })
  }

  for (const specifier of [...subpaths('onnx'), ...subpaths('anymodel')]) {
    it(`${specifier} loads no HTTP client, schema library or runtime`, async () => {
      const heavy = [
        'undici',
        'zod',
        'onnxruntime-node',
        '@huggingface/tokenizers',
        '@huggingface/jinja',
        'jiti',
        'yaml',
      ]
      expect((await loadedBy(specifier)).filter((name) => heavy.includes(name))).toEqual([])
    })
  }
})
