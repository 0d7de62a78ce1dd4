import { defineConfig } from 'vitest/config'

const project = (name: string) => ({ test: { name, include: [`tests/reporter/${name}.sample.ts`] } })

/** Two projects whose tests end in every way that tests can. */
export default defineConfig({
  test: {
    reporters: ['./scripts/plain-reporter.mjs'],
    projects: ['endings', 'hooks', 'broken', 'stray'].map(project),
  },
})
