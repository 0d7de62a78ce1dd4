import type { Document } from 'domhandler'
import type { Handler } from 'htmlparser2'

/** Deeper nesting is damaged or hostile: it costs quadratic time and the stack. */
const maxDepth = 1_000

/** Reads HTML, or XML with `xmlMode`. Entities that a file declares itself are not expanded, nothing outside of it is read. Throws for elements that are nested too deeply. */
export async function parseMarkup(markup: string, { xmlMode = false } = {}): Promise<Document> {
  const { DomHandler } = await import('htmlparser2')
  const handler = new DomHandler()
  await walkMarkup(markup, xmlMode, {
    onparserinit: (parser) => handler.onparserinit(parser),
    onopentag: (name, attributes) => handler.onopentag(name, attributes),
    onclosetag: () => handler.onclosetag(),
    ontext: (text) => handler.ontext(text),
    oncdatastart: () => handler.oncdatastart(),
    oncdataend: () => handler.oncdataend(),
    onend: () => handler.onend(),
  })
  return handler.root
}

/** Throws for XML whose elements are nested too deeply, before a library that has no such limit reads it. */
export const checkNesting = (xml: string): Promise<void> => walkMarkup(xml, true, {})

async function walkMarkup(markup: string, xmlMode: boolean, handler: Partial<Handler>): Promise<void> {
  const { Parser } = await import('htmlparser2')
  let depth = 0
  const parser = new Parser(
    {
      ...handler,
      onopentag(name, attributes, implied) {
        if (++depth > maxDepth) throw new Error(`its elements are nested more than ${maxDepth} levels deep`)
        handler.onopentag?.(name, attributes, implied)
      },
      onclosetag(name, implied) {
        depth--
        handler.onclosetag?.(name, implied)
      },
    },
    { xmlMode },
  )
  parser.end(markup)
}
