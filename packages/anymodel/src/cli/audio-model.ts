import { AnyModelError } from '@anymodel/core'
import { loadConfig } from '../config/load.ts'
import type { ModelOptions } from './client.ts'

/** What a command does without a model of its own along. */
interface Absent {
  readonly role: string
  readonly command: string
  /** A model of the hub that does it, and how large it is. */
  readonly example: string
  readonly size: string
}

/**
 * The model of a command for sound: the one that was asked for (a local one may be named without `onnx/` before it), else the role of that name. None comes along: without either it throws `config` that
 * says how to get one.
 */
export async function audioModel({ config, model }: ModelOptions, absent: Absent): Promise<string> {
  if (model !== undefined) return /^(?:npm|dir|hf):/.test(model) ? `onnx/${model}` : model
  const { role, command, example, size } = absent
  const { models } = await loadConfig(config)
  if (Object.hasOwn(models, role) || process.env[`ANYMODEL_${role.toUpperCase()}`]) return role
  throw new AnyModelError(
    'config',
    `There is no model for ${role}: none comes along (the smallest have ${size}). Run: anymodel pull ${example}
Then: anymodel ${command} --model ${example}
Or give the config a role named ${role}.`,
  )
}
