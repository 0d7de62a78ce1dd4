import { writeFile } from 'node:fs/promises'
import { AnyModelError } from '@anymodel/core'
import { builtInModels } from '../config/load.ts'
import { impliedTypes } from '../config/names.ts'
import { providerSources } from '../roles/providers.ts'
import { write } from './output.ts'

/** `anymodel config init`: a config that works as it stands, with an entry for every service whose key is in the environment. */
export async function configInit(path: string, { force = false }: { readonly force?: boolean }): Promise<void> {
  if (!/\.ya?ml$/.test(path))
    throw new AnyModelError('invalid-argument', `${path}: the file to write must end in .yaml or .yml.`)
  try {
    await writeFile(path, configText(), { flag: force ? 'w' : 'wx' })
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const message =
      code === 'EEXIST' ? `${path} is already there. --force replaces it.` : `${path} can't be written (${code}).`
    throw new AnyModelError('invalid-argument', message, { cause })
  }
  await write(`Wrote ${path}. "anymodel config check" shows what it comes to.\n`)
}

/** The text of a first config. */
export function configText(): string {
  const found = impliedTypes.flatMap((type) => {
    const variable = providerSources[type].env?.find((name) => process.env[name])
    if (variable) return [`  ${type}: { apiKey: "\${${variable}}" }`]
    return process.env[`${type.toUpperCase()}_BASE_URL`] ? [`  ${type}: {}`] : []
  })
  const [first] = found.map((line) => line.trim().split(':')[0])
  const chat = process.env.ANYMODEL_CHAT ?? `local/${builtInModels.chat}`
  return [
    '# yaml-language-server: $schema=./node_modules/anymodel/anymodel.schema.json',
    'version: 1',
    'providers:',
    '  local: { type: onnx } # models that run in your own process',
    ...found,
    'models:',
    `  chat: ${chat}${first ? ` # or ${first}/<a model of it>` : ''}`,
    '',
  ].join('\n')
}
