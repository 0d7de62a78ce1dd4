import { readdirSync, readFileSync } from 'node:fs'
import { defineConfig } from 'vitest/config'

/** Every export of every package resolves to its source, so tests need no build. */
const alias = readdirSync('packages').flatMap((dir) => {
  const { name, exports } = JSON.parse(readFileSync(`packages/${dir}/package.json`, 'utf8')) as {
    name: string
    exports: Record<string, string | Record<string, string>>
  }
  return Object.entries(exports).flatMap(([subpath, target]) => {
    const source = typeof target === 'string' ? undefined : target['@anymodel/source']
    return source
      ? [
          {
            find: new RegExp(`^${name}${subpath.slice(1)}$`),
            replacement: new URL(`packages/${dir}/${source}`, import.meta.url).pathname,
          },
        ]
      : []
  })
})

const project = (name: string, include: string[]) => ({
  resolve: { alias },
  test: { name, include, testTimeout: 20_000, hookTimeout: 60_000 },
})

export default defineConfig({
  test: {
    maxWorkers: 2,
    reporters: ['default', './scripts/plain-reporter.mjs'],
    projects: [
      project('packages', ['packages/*/src/**/*.test.ts', 'packages/*/test/**/*.test.ts']),
      project('across', ['tests/**/*.test.ts']),
    ],
  },
})
