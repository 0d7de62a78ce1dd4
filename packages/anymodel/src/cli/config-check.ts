import { loadConfig } from '../config/load.ts'
import { displayPath } from '../config/problem.ts'
import { describe } from './description.ts'
import { roleLines } from './models.ts'
import { writePainted } from './output.ts'

/** `anymodel config check`: throws what is wrong with the file, else prints each role's route. A variable that is not set is a remark: it may be set elsewhere. */
export async function configCheck({ config }: { readonly config?: string }): Promise<void> {
  const checked = await loadConfig(config)
  const name = checked.file === undefined ? 'No config file' : displayPath(checked.file)
  await writePainted(`${name}: valid\n${roleLines(describe(checked).roles)}`)
}
