import { AnyModelError, isAnyModelError, type TextCall, type Warning } from '@anymodel/core'
import {
  type CallableTool,
  type Constraint,
  compileGrammar,
  type Grammar,
  type GrammarSource,
  type ToolForm,
  type Vocabulary,
} from '../grammar/index.ts'

/** What an answer has to follow, and what of the call could not be enforced. */
export interface Followed {
  readonly constraint: Constraint | undefined
  readonly warnings: readonly Warning[]
}

/** Grammars of one model. Those that were asked for last are kept, with all that is known about them. */
export type Grammars = (source: GrammarSource) => Grammar

const mostKept = 16

export function grammarsOf(vocabulary: Vocabulary): Grammars {
  const kept = new Map<string, Grammar>()
  return (source) => {
    const key = JSON.stringify(source)
    const grammar = kept.get(key) ?? compileGrammar(source, vocabulary)
    kept.delete(key)
    kept.set(key, grammar)
    for (const [oldest] of kept) if (kept.size > mostKept) kept.delete(oldest)
    return grammar
  }
}

/**
 * The grammar that a call asks for: of its tools' calls, of its `output`, of a pattern in `extra.regex` or of one of the texts in `extra.choice`. Throws `unsupported` for an output that can't be enforced.
 * `form`: how the model writes calls, where that is known.
 */
export function followed(call: TextCall, form: ToolForm | undefined, grammars: Grammars | undefined): Followed {
  const source = textSource(call)
  if (!grammars) {
    if (source)
      throw new AnyModelError(
        'unsupported',
        'The graph does not tell the size of its vocabulary, so no form of the answer can be enforced.',
      )
    return { constraint: undefined, warnings: [] }
  }
  const tools = call.toolChoice === 'none' ? [] : (call.tools ?? []).filter((tool) => tool.type === 'function')
  if (tools.length === 0 || form === undefined) return { constraint: source && grammars(source).begin(), warnings: [] }
  const warnings: Warning[] = []
  if (source)
    warnings.push({ option: 'output', message: 'The form of the answer is not enforced where tools may be called.' })
  const choice = call.toolChoice ?? 'auto'
  // A call that was forced is the answer: small models only ramble after it.
  const parallel = call.parallelToolCalls ?? choice === 'auto'
  const callable = tools.map(({ name, inputSchema, strict }): CallableTool => {
    const whole = { name, schema: inputSchema }
    const refusal = strict ? undefined : refused(grammars, { type: 'tools', tools: [whole], form })
    if (refusal) warnings.push({ option: `tools.${name}`, message: `Its arguments are any object: ${refusal}` })
    return refusal ? { name } : whole
  })
  const grammar = grammars({
    type: 'tools',
    tools: callable,
    choice: choice === 'none' ? 'auto' : choice,
    parallel,
    form,
  })
  return { constraint: grammar.begin(), warnings }
}

/** Why a grammar can't be enforced. */
function refused(grammars: Grammars, source: GrammarSource): string | undefined {
  try {
    grammars(source)
    return undefined
  } catch (error) {
    if (isAnyModelError(error) && error.code === 'unsupported') return error.message
    throw error
  }
}

function textSource({ output, extra = {} }: TextCall): GrammarSource | undefined {
  if (output) return output.type === 'json' ? { type: 'json' } : { type: 'json-schema', schema: output.schema }
  const { regex, choice } = extra
  if (regex !== undefined) {
    if (typeof regex === 'string') return { type: 'regex', pattern: regex }
    throw new AnyModelError('invalid-argument', 'extra.regex must be the text of a regular expression.')
  }
  if (choice === undefined) return undefined
  if (Array.isArray(choice) && choice.every((text) => typeof text === 'string'))
    return { type: 'choice', choices: choice }
  throw new AnyModelError('invalid-argument', 'extra.choice must be a list of texts.')
}
