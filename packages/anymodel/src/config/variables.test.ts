// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the config's own notation
import { writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { testFile } from '../testing/config-file.ts'
import { expand, missingVariables } from './variables.ts'

afterEach(() => void vi.unstubAllEnvs())

const context = { needed: 'The role chat needs providers.groq.apiKey', dir: '/' }

test.each([
  ['plain', 'plain'],
  ['${A}', '1'],
  ['x-${A}-${B:-two}-y', 'x-1-two-y'],
  ['${A:-other}', '1'],
  ['${B:-}', ''],
  ['${B:-http://h:1/v1:-x}', 'http://h:1/v1:-x'],
  ['${EMPTY:-default}', 'default'],
])('%s becomes %s', (text, expected) => {
  vi.stubEnv('A', '1')
  vi.stubEnv('EMPTY', '')
  vi.stubEnv('B', undefined)
  expect(expand(text, context)).toBe(expected)
})

test('a variable that is not set is named, with who needs it and what to do', () => {
  vi.stubEnv('B', undefined)
  expect(() => expand('${B}', context)).toThrow(
    'The role chat needs providers.groq.apiKey, but the environment variable B is not set. Set it, or give a default: ${B:-default}.',
  )
  expect(missingVariables('${B} ${B:-x} ${PATH} ${file:x}')).toEqual(['B'])
})

test('what is not a variable is refused', () => {
  expect(() => expand('${1 + 1}', context)).toThrow('${1 + 1} is not a variable.')
})

test('a secret file is read from beside the config, without its last line break, anew every time', () => {
  const path = testFile('key', 'secret-1\n')
  const beside = { ...context, dir: dirname(path) }
  expect(expand('Bearer ${file:key}', beside)).toBe('Bearer secret-1')
  writeFileSync(path, 'secret-2')
  expect(expand(`\${file:${path}}`, beside)).toBe('secret-2')
  expect(() => expand('${file:absent}', beside)).toThrow("absent can't be read (ENOENT).")
})
