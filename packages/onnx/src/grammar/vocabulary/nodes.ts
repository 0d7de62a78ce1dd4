import type { TokenTrie } from '../term/term.ts'
import { addToken } from './bits.ts'

/** Adds the tokens that end in a node. */
export function addTokens(mask: Uint32Array, { firstToken, tokens }: TokenTrie, node: number): void {
  for (let i = firstToken[node] as number; i < (firstToken[node + 1] as number); i++)
    addToken(mask, tokens[i] as number)
}

/** True when longer tokens go through a node. */
export const goesOn = ({ end }: TokenTrie, node: number): boolean => (end[node] as number) > node + 1

/** The bytes that lead to a node, a character each. */
export function pathTo({ byte, parent }: TokenTrie, node: number): string {
  let path = ''
  for (let at = node; at > 0; at = parent[at] as number) path = String.fromCharCode(byte[at] as number) + path
  return path
}
