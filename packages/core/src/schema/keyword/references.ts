import { isSchemaObject } from '../pointer.ts'
import { branch, type Keyword, wrong } from './keyword.ts'

/** `$ref`. */
export const ref: Keyword = (value, compiler) => {
  if (typeof value !== 'string') throw wrong(compiler, '$ref', 'a text')
  const { resources, schema } = compiler
  const check = compiler.compile(resources.resolve(value, resources.of(schema)), value)
  return (given, run, seen) => branch(check, given, run, seen)
}

/** `$dynamicRef`: the outermost schema that was entered and has this dynamic anchor, else like `$ref`. */
export const dynamicRef: Keyword = (value, compiler) => {
  if (typeof value !== 'string') throw wrong(compiler, '$dynamicRef', 'a text')
  const { resources, schema } = compiler
  const target = resources.resolve(value, resources.of(schema))
  const plain = compiler.compile(target, value)
  const anchor = isSchemaObject(target) ? target.$dynamicAnchor : undefined
  if (typeof anchor !== 'string' || !value.endsWith(`#${anchor}`))
    return (given, run, seen) => branch(plain, given, run, seen)
  return (given, run, seen) => {
    const outermost = run.scope.find(({ dynamicAnchors }) => dynamicAnchors.has(anchor))
    const check = outermost ? compiler.compile(outermost.dynamicAnchors.get(anchor), value) : plain
    return branch(check, given, run, seen)
  }
}
