import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A folder that is gone when the test is over. */
export function testFolder(): string {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'anymodel-')))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

/** A file in a folder of its own; gives its path. */
export function testFile(name: string, text: string): string {
  const path = join(testFolder(), name)
  writeFileSync(path, text)
  return path
}
