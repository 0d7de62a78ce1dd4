import type { Json, JsonObject } from '@anymodel/core'

/** An object without the fields that say nothing. */
export const defined = (fields: Readonly<Record<string, Json | undefined>>): JsonObject =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
