/** Any value that survives `JSON.parse(JSON.stringify(value))`. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined }

/** A JSON object. */
export type JsonObject = { readonly [key: string]: Json | undefined }

/** A JSON Schema, draft 2020-12 or 7. Boolean schemas appear only nested. */
export type JsonSchema = { readonly [keyword: string]: unknown }
