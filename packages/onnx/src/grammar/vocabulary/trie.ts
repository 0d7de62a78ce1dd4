import { AnyModelError } from '@anymodel/core'
import type { TokenTrie } from '../term/term.ts'

/** What a grammar needs to know of a model's tokens. */
export interface Vocabulary {
  /** Ids are below this. As many as the model has logits. */
  readonly size: number
  /** The bytes that a token adds to the text; none for special tokens, which are never allowed inside of a grammar. */
  bytes(token: number): Uint8Array
  /** Tokens that end an answer. */
  readonly ends: ReadonlySet<number>
  /** The tokens that the tokenizer makes of a text in the middle of an answer. */
  encode(text: string): readonly number[]
  /** The special token that stands for a tag such as `<tool_call>`, if there is one. */
  special?(tag: string): number | undefined
}

/** Longer tokens than any vocabulary has; they are left out. */
const longest = 1_000

const tries = new WeakMap<Vocabulary, TokenTrie>()

/** The trie of a vocabulary, built when it is first asked for and kept as long as the vocabulary. Throws `config` for a vocabulary without tokens. */
export function tokenTrie(vocabulary: Vocabulary): TokenTrie {
  let trie = tries.get(vocabulary)
  if (!trie) {
    trie = build(vocabulary)
    tries.set(vocabulary, trie)
  }
  return trie
}

/** A token's bytes, a character each: strings sort fastest. */
interface Word {
  readonly token: number
  readonly bytes: string
}

function build({ size, bytes, ends }: Vocabulary): TokenTrie {
  const words: Word[] = []
  for (let token = 0; token < size; token++) {
    const own = ends.has(token) ? undefined : bytes(token)
    if (own && own.length > 0 && own.length <= longest)
      words.push({ token, bytes: Buffer.from(own.buffer, own.byteOffset, own.length).toString('latin1') })
  }
  if (words.length === 0)
    throw new AnyModelError('config', 'The vocabulary has no token with a text, so no grammar can be followed with it.')
  words.sort((a, b) => (a.bytes < b.bytes ? -1 : a.bytes > b.bytes ? 1 : 0))
  return flatten(size, words)
}

/** Tokens in the order of their bytes are the tree in the order in which it is walked: each shares a path with the one before it and adds the rest. */
function flatten(size: number, words: readonly Word[]): TokenTrie {
  const most = words.reduce((sum, { bytes }) => sum + bytes.length, 1)
  const byte = new Uint8Array(most)
  const depth = new Uint16Array(most)
  const parent = new Int32Array(most)
  const end = new Int32Array(most)
  const firstToken = new Int32Array(most + 1)
  const tokens = new Int32Array(words.length)
  const path = new Int32Array(longest + 1)
  let nodes = 1
  let height = 0
  let before = ''
  for (const [index, { token, bytes }] of words.entries()) {
    let shared = 0
    while (shared < before.length && before.charCodeAt(shared) === bytes.charCodeAt(shared)) shared++
    for (let i = before.length; i > shared; i--) end[path[i] as number] = nodes
    for (let i = shared; i < bytes.length; i++) {
      byte[nodes] = bytes.charCodeAt(i)
      depth[nodes] = i + 1
      parent[nodes] = path[i] as number
      firstToken[nodes] = index
      path[i + 1] = nodes++
    }
    tokens[index] = token
    height = Math.max(height, bytes.length)
    before = bytes
  }
  for (let i = before.length; i >= 0; i--) end[path[i] as number] = nodes
  firstToken[nodes] = words.length
  return {
    vocabulary: size,
    nodes,
    byte: byte.slice(0, nodes),
    depth: depth.slice(0, nodes),
    end: end.slice(0, nodes),
    parent: parent.slice(0, nodes),
    firstToken: firstToken.slice(0, nodes + 1),
    tokens,
    height,
  }
}
