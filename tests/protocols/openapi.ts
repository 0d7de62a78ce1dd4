import { existsSync, readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { parse } from 'yaml'

/** Two schemas of an OpenAPI file. */
export interface Spec {
  /** Below the folder of specs beside the project, which is no part of it. */
  readonly file: string
  readonly request: string
  readonly reply: string
}

const placeOf = (file: string): string => `../shared/specs/${file}`

/** Why a test of a specification has to be skipped; `undefined` when it is there. */
export const missingSpec = ({ file }: Spec): string | undefined =>
  existsSync(placeOf(file)) ? undefined : `no ${placeOf(file)} on this machine`

/** Bounds as older versions of OpenAPI wrote them. */
const oldBounds = /^ *exclusive(?:Minimum|Maximum): true\n/gm

/** Validators of the schemas; a field that `fields` does not have is refused in requests. */
export function validators({ file, request, reply }: Spec) {
  const { components } = parse(readFileSync(placeOf(file), 'utf8').replace(oldBounds, '')) as {
    components: { schemas: Record<string, object> }
  }
  const ajv = new Ajv2020({ strict: false, validateFormats: false, logger: false })
  ajv.addSchema({ $id: 'spec', components })
  const of = (name: string) => ajv.getSchema(`spec#/components/schemas/${name}`)
  const { properties } = components.schemas[request] as { properties: object }
  return { request: of(request), reply: of(reply), fields: Object.keys(properties) }
}
