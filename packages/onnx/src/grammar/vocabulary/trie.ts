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

function build({ size, bytes, ends }: Vocabulary): TokenTrie {
  const words: { readonly token: number; readonly bytes: Uint8Array }[] = []
  for (let token = 0; token < size; token++) {
    const own = ends.has(token) ? undefined : bytes(token)
    if (own && own.length > 0 && own.length <= longest) words.push({ token, bytes: own })
  }
  if (words.length === 0)
    throw new AnyModelError('config', 'The vocabulary has no token with a text, so no grammar can be followed with it.')
  words.sort((a, b) => Buffer.compare(a.bytes, b.bytes))
  return flatten(size, words)
}

/** Tokens in the order of their bytes are the tree in the order in which it is walked: each shares a path with the one before it and adds the rest. */
function flatten(size: number, words: readonly { readonly token: number; readonly bytes: Uint8Array }[]): TokenTrie {
  const byte = [0]
  const depth = [0]
  const parent = [-1]
  const end = [0]
  const firstToken = [0]
  const tokens: number[] = []
  const path = [0]
  let before: Uint8Array = new Uint8Array(0)
  for (const { token, bytes } of words) {
    let shared = 0
    while (shared < before.length && shared < bytes.length && before[shared] === bytes[shared]) shared++
    close(shared + 1)
    for (let i = shared; i < bytes.length; i++) {
      parent.push(path.at(-1) as number)
      path.push(byte.push(bytes[i] as number) - 1)
      depth.push(i + 1)
      end.push(0)
      firstToken.push(tokens.length)
    }
    tokens.push(token)
    before = bytes
  }
  close(0)
  return {
    vocabulary: size,
    nodes: byte.length,
    byte: Uint8Array.from(byte),
    depth: Uint16Array.from(depth),
    end: Int32Array.from(end),
    parent: Int32Array.from(parent),
    firstToken: Int32Array.from([...firstToken, tokens.length]),
    tokens: Int32Array.from(tokens),
    height: Math.max(...depthsOf(words)),
  }

  /** Ends the subtrees below a depth. */
  function close(to: number): void {
    while (path.length > to) end[path.pop() as number] = byte.length
  }
}

function depthsOf(words: readonly { readonly bytes: Uint8Array }[]): readonly number[] {
  return [words.reduce((most, { bytes }) => Math.max(most, bytes.length), 0)]
}
