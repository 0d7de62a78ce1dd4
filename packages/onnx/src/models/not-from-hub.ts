import { AnyModelError } from '@anymodel/core'
import type { ModelName } from '../names.ts'

/** The error for a name that others than the hub's cache look after. */
export function notFromHub(
  id: string,
  scheme: ModelName['scheme'],
  name: string,
  verb: 'install' | 'uninstall',
): AnyModelError {
  const advice = {
    npm: `It is a package. Run: npm ${verb} ${name}`,
    dir: 'It is a folder of yours, which only you look after.',
    bare: `Models of the hub are named hf:<org>/<repo>; packages are looked after with npm ${verb}.`,
    hf: '',
  }[scheme]
  return new AnyModelError('config', `"${id}" is not a model of the hub. ${advice}`, { model: id })
}
