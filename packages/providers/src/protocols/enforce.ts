import type { JsonObject, JsonSchema, Warning } from '@anymodel/core'
import type { Target } from '../protocol.ts'

/** A schema on its way to a service: rewritten so that the service enforces it (`strict`), else as it stands, with a warning. */
export function enforced(
  schema: JsonSchema,
  option: string,
  { provider, narrow }: Target,
  warnings: Warning[],
): { readonly schema: JsonObject; readonly strict: boolean } {
  const narrowed = narrow?.(schema)
  if (!narrowed)
    warnings.push({
      option,
      message: `${provider} can't enforce all of this schema; what comes back is checked against it.`,
    })
  return { schema: (narrowed ?? schema) as JsonObject, strict: narrowed !== undefined }
}
