import { readFileSync } from 'node:fs'
import { defineConfig, type Options } from 'tsup'

/** One process builds every package: an entry per export, plus what is started by file name (workers, the command line). */
const extra: Record<string, string[]> = {
  onnx: ['src/thread/worker.ts'],
  rag: ['src/load/archive-reader.ts'],
  anymodel: ['src/cli.ts'],
}

const config = (name: string): Options => {
  const dir = `packages/${name}`
  const { exports } = JSON.parse(readFileSync(`${dir}/package.json`, 'utf8')) as {
    exports: Record<string, string | { '@anymodel/source': string }>
  }
  const sources = Object.values(exports).flatMap((e) => (typeof e === 'string' ? [] : [e['@anymodel/source'].slice(2)]))
  const entries = [...sources, ...(extra[name] ?? [])]
  return {
    entry: Object.fromEntries(entries.map((e) => [e.slice('src/'.length, -'.ts'.length), `${dir}/${e}`])),
    outDir: `${dir}/dist`,
    format: ['esm'],
    target: 'node20',
    platform: 'node',
    splitting: true,
    sourcemap: true,
    dts: false,
    // What an earlier build left would be packed; the declarations beside it are the compiler's.
    clean: ['!**/*.d.ts', '!**/*.d.ts.map'],
    silent: true,
    skipNodeModulesBundle: true,
    external: [/^@anymodel\//],
  }
}

export default defineConfig(['core', 'providers', 'onnx', 'code', 'rag', 'testing', 'anymodel'].map(config))
