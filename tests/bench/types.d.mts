/** Instantiations that our part of the application may cost. */
export const limit: number
export function run(): { readonly json: { readonly baseline: number; readonly app: number; readonly added: number } }
