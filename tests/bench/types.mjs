// What the types cost: instantiations that the compiler makes for an application with tools and schemas, over the schemas alone.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const title = 'Type instantiations of an application with five tools and two zod schemas'

/** Instantiations that our part of it may cost. */
export const limit = 20_000

const path = (name) => fileURLToPath(new URL(name, import.meta.url))

function instantiations(file) {
  const folder = mkdtempSync(join(tmpdir(), 'anymodel-types-'))
  try {
    const compilerOptions = { noEmit: true, composite: false, emitDeclarationOnly: false, declarationMap: false }
    const project = { extends: path('../../tsconfig.base.json'), compilerOptions, files: [path(`types/${file}`)] }
    compilerOptions.typeRoots = [path('../../node_modules/@types')]
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(project))
    const tsc = path('../../node_modules/typescript/bin/tsc')
    const out = execFileSync(process.execPath, [tsc, '-p', folder, '--extendedDiagnostics'], { encoding: 'utf8' })
    return Number(/^Instantiations:\s+(\d+)/m.exec(out)[1])
  } catch (error) {
    throw new Error(`types/${file} does not compile: ${error.stdout ?? error.message}`)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

export function run() {
  const baseline = instantiations('baseline.ts')
  const app = instantiations('app.ts')
  const added = app - baseline
  return {
    head: ['program', 'instantiations'],
    rows: [
      ['the schemas alone', String(baseline)],
      ['the application', String(app)],
      ['added', String(added)],
    ],
    json: { baseline, app, added, limit },
    problems: added > limit ? [`The application adds ${added} instantiations, ${limit} are allowed.`] : [],
  }
}
