import type * as TreeSitter from '@vscode/tree-sitter-wasm'
import type { Chunk, Span } from '../contract.ts'

/** A function, class, type or the like: as far as it reaches, with the comments and decorators above it. */
export interface Declaration extends Span {
  readonly name: string
}

/** What declares something, as the grammars call it. */
const declaring = new RegExp(
  `^(?:${[
    // JavaScript, TypeScript, Java, C#, Go, PHP
    '(?:(?:generator_)?function|(?:abstract_)?class|interface|enum|record|struct|trait|method|constructor|property|namespace|annotation_type|type_alias)_declaration',
    'method_definition|variable_declarator|internal_module|type_spec',
    // Python, C, C++, PHP, Bash
    '(?:function|class|namespace)_definition|(?:class|struct|enum)_specifier',
    // Rust
    '(?:function|struct|enum|trait|impl|mod)_item|macro_definition',
    // Ruby, and TypeScript's modules
    'method|singleton_method|class|module',
    'function_statement|class_statement',
  ].join('|')})$`,
)

/** Where grammars put the name of what is declared, in a field of this name: of a function in C it is in its declarator, of an implementation in Rust it is the type. */
const nameFields = ['name', 'declarator', 'type'] as const
const longest = 100

/** The name of what the node at the cursor declares; `undefined` where it declares nothing that has one. */
export function declaredName(cursor: TreeSitter.TreeCursor): string | undefined {
  if (!cursor.nodeIsNamed || !declaring.test(cursor.nodeType)) return undefined
  let named = inField(cursor.currentNode)
  for (let inner = named; inner; inner = inField(inner)) named = inner
  if (!named || named.type.endsWith('_pattern')) return undefined
  return named.text.replace(/\s+/g, ' ').trim().slice(0, longest) || undefined
}

function inField(node: TreeSitter.Node): TreeSitter.Node | null {
  for (const field of nameFields) {
    const found = node.childForFieldName(field)
    if (found) return found
  }
  return null
}

/** What closes the declarations around one: a chunk that goes on with nothing else lies in it. */
const closers = /^(?:[\s)}\]>;,]|\bend\b)*$/

/** Lets every chunk stand under the declarations that it lies in, outermost first, whatever it repeats of the chunk before. Both in the order of the text. */
export function underDeclarations(chunks: readonly Chunk[], declarations: readonly Declaration[]): Chunk[] {
  let open: Declaration[] = []
  let [next, before] = [0, 0]
  return chunks.map((chunk) => {
    const own = ownStart(chunk, before)
    before = chunk.end
    for (let each = declarations[next]; each && each.start <= own; each = declarations[++next]) open.push(each)
    open = open.filter(({ end }) => end > own)
    const path = open.filter(({ end }) => closers.test(chunk.text.slice(end - chunk.start))).map(({ name }) => name)
    return { ...chunk, headings: [...chunk.headings, ...path] }
  })
}

/** Where a chunk begins behind the one before it. */
function ownStart({ start, text }: Chunk, before: number): number {
  const repeated = Math.max(0, before - start)
  return start + repeated + Math.max(0, text.slice(repeated).search(/\S/))
}
