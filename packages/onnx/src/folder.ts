import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { AnyModelError } from '@anymodel/core'

/** An error that is about a model's files. */
export const broken = (message: string, cause?: unknown): AnyModelError =>
  new AnyModelError('config', message, { cause })

/** The names in a folder; none when there is no such folder. */
export function list(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** A JSON object of a model's folder. Throws `config` when it is damaged, or missing and there is nothing to take in its place. */
export function readJson(folder: string, name: string, absent?: object): object {
  const value = readJsonValue(folder, name, absent)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  throw damaged(folder, name, new Error('it is not a JSON object'))
}

/** A JSON list of a model's folder; an empty one when there is no such file. Throws `config` when it is damaged. */
export function readJsonList(folder: string, name: string): unknown[] {
  const value = readJsonValue(folder, name, [])
  if (Array.isArray(value)) return value
  throw damaged(folder, name, new Error('it is not a JSON list'))
}

function readJsonValue(folder: string, name: string, absent?: object): unknown {
  try {
    return JSON.parse(readFileSync(join(folder, name), 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && absent) return absent
    throw damaged(folder, name, error as Error)
  }
}

const damaged = (folder: string, name: string, error: Error): AnyModelError =>
  broken(`${join(folder, name)} is damaged: ${error.message}. Download it again.`, error)

/** A clone without git-lfs has a line of text where the weights should be. Throws `config` for one. */
export function refusePointer(path: string): void {
  if (statSync(path).size < 1_024 && readFileSync(path, 'latin1').startsWith('version https://git-lfs'))
    throw broken(`${path} is a git-lfs pointer, not weights. Run "git lfs pull" in the folder, or download the file.`)
}
