/** Bytes of a bundle: loaded to begin with, and with all that loads when it is needed. */
export interface Size {
  readonly start: number
  readonly all: number
}
export const limits: { readonly bundle: number; readonly twoProtocols: number; readonly provider: number }
export function limitOf(name: string): number
export function providerNames(): string[]
export function sizes(
  conditions?: readonly string[],
): Promise<{ readonly alone: ReadonlyMap<string, Size>; readonly further: ReadonlyMap<string, number> }>
