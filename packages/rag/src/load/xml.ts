import type { AnyNode, Document, Element, ParentNode } from 'domhandler'
import { parseMarkup } from './parse-markup.ts'

/** Reads XML. */
export async function parseXml(bytes: Uint8Array): Promise<Document> {
  const text = new TextDecoder(bytes[0] === 0xff ? 'utf-16le' : bytes[0] === 0xfe ? 'utf-16be' : 'utf-8').decode(bytes)
  return parseMarkup(text, { xmlMode: true })
}

const local = (name: string): string => name.slice(name.indexOf(':') + 1)

/** The elements of these names (without prefixes) in a tree, in its order. What lies in one that was found is searched only with `nested`. */
export function* elementsOf(root: ParentNode, names: string | readonly string[], nested = false): Generator<Element> {
  const wanted = typeof names === 'string' ? [names] : names
  const stack: AnyNode[] = [...root.children].reverse()
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (!('attribs' in node)) continue
    const found = wanted.includes(local(node.name))
    if (found) yield node
    if (!found || nested)
      for (let child = node.children.at(-1); child; child = child.prev as AnyNode) stack.push(child as never)
  }
}

/** The text in a tree, as it stands. */
export function textIn(root: ParentNode | undefined): string {
  const parts: string[] = []
  const stack: AnyNode[] = [...(root?.children ?? [])].reverse()
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (node.type === 'text') parts.push(node.data)
    else if ('children' in node) stack.push(...[...node.children].reverse())
  }
  return parts.join('')
}

/** The text of the first element of a name; `undefined` when it is not there or empty. */
export const textOf = (root: ParentNode, name: string): string | undefined => {
  for (const element of elementsOf(root, name)) return textIn(element).trim() || undefined
  return undefined
}
