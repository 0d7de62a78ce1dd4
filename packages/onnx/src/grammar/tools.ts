import { AnyModelError } from '@anymodel/core'
import { byteClasses, type Dfa, toDfa } from './automaton/dfa.ts'
import { schemaTerm } from './schema/values.ts'
import { automaton } from './term/automaton.ts'
import type { Making } from './term/choice.ts'
import { bytesOf } from './term/literal.ts'
import type { Term } from './term/term.ts'

/** A tool that may be called. */
export interface CallableTool {
  readonly name: string
  /** JSON Schema of its arguments, which are an object. Absent: any object. */
  readonly schema?: unknown
}

/** How a model writes calls: `hermes` (`<tool_call>`, Hermes and Qwen), `mistral` (`[TOOL_CALLS]` and a list), `mistral-args` (`[TOOL_CALLS]name[ARGS]{...}`), `llama` (JSON, behind `<|python_tag|>`). */
export type ToolForm = 'hermes' | 'mistral' | 'mistral-args' | 'llama'

/** Tools, and how they may be called. */
export interface ToolsSource {
  readonly type: 'tools'
  readonly tools: readonly CallableTool[]
  /** `auto`: text, calls, or both. `required`: a call at once. A tool: a call of that one at once. Default `auto`. */
  readonly choice?: 'auto' | 'required' | { readonly tool: string }
  /** False: one call, and then the answer ends. Default true. */
  readonly parallel?: boolean
  /** Default `hermes`. */
  readonly form?: ToolForm
}

/** Free text in which calls stand, each begun by a tag. */
interface Form {
  readonly tags: readonly string[]
  /** What begins a call. `atOnce`: the answer begins with it. */
  begin(making: Making, atOnce: boolean): Term
  /** One call after the beginning. */
  call(making: Making, name: string, input: Term): Term
  /** What follows one call: others, given that and the text in between, or the end. */
  others(making: Making, calls: Term, again: Term): Term
  /** What ends the calls. */
  readonly end: string
}

const named = ({ terms, literals }: Making, name: string, key: string, input: Term): Term =>
  terms.sequence(literals.of(bytesOf(`{"name": ${JSON.stringify(name)}, "${key}": `)), input, literals.of('}'))

const maybe = ({ terms, literals }: Making, text: string): Term => terms.alternatives([terms.empty, literals.of(text)])

const forms: Readonly<Record<ToolForm, Form>> = {
  hermes: {
    tags: ['<tool_call>', '</tool_call>'],
    begin: ({ literals }) => literals.tag('<tool_call>'),
    call: (making, name, input) =>
      making.terms.sequence(
        maybe(making, '\n'),
        named(making, name, 'arguments', input),
        maybe(making, '\n'),
        making.literals.tag('</tool_call>'),
      ),
    others: (_making, _calls, again) => again,
    end: '',
  },
  mistral: {
    tags: ['[TOOL_CALLS]'],
    begin: ({ terms, literals }) => terms.sequence(literals.tag('[TOOL_CALLS]'), literals.of('[')),
    call: (making, name, input) => named(making, name, 'arguments', input),
    others: ({ terms, literals }, calls) =>
      terms.alternatives([literals.of(']'), terms.sequence(literals.of(', '), calls)]),
    end: ']',
  },
  'mistral-args': {
    tags: ['[TOOL_CALLS]', '[ARGS]'],
    begin: ({ literals }) => literals.tag('[TOOL_CALLS]'),
    call: ({ terms, literals }, name, input) =>
      terms.sequence(literals.of(bytesOf(name)), literals.tag('[ARGS]'), input),
    others: ({ terms, literals }, calls) =>
      terms.alternatives([terms.empty, terms.sequence(literals.tag('[TOOL_CALLS]'), calls)]),
    end: '',
  },
  llama: {
    tags: ['<|python_tag|>'],
    begin: ({ terms, literals }, atOnce) =>
      atOnce ? terms.alternatives([terms.empty, literals.tag('<|python_tag|>')]) : literals.tag('<|python_tag|>'),
    call: (making, name, input) => named(making, name, 'parameters', input),
    others: ({ terms, literals }, calls) => terms.alternatives([terms.empty, terms.sequence(literals.of('; '), calls)]),
    end: '',
  },
}

/** The tags of a form, which may be special tokens. */
export const tagsOf = ({ form = 'hermes' }: ToolsSource): readonly string[] => forms[form].tags

/** Text and calls. Throws `invalid-argument` for a tool that is not there, and for one that can't be called. */
export function toolsTerm(making: Making, source: ToolsSource): Term {
  const { terms } = making
  const { choice = 'auto', parallel = true, form: formName = 'hermes' } = source
  const form = forms[formName]
  const one = terms.alternatives(
    toolsIn(source).map((tool, i) => form.call(making, tool.name, inputOf(making, tool, i))),
  )
  const calls: Term = terms.lazy('calls', () =>
    terms.sequence(one, parallel ? form.others(making, calls, textThenCalls) : making.literals.of(form.end)),
  )
  const textThenCalls: Term = terms.lazy('text', () => {
    const tag = form.tags[0] as string
    const text = automaton(terms, `text without ${tag}`, textWithout(bytesOf(tag)))
    return terms.sequence(text, terms.alternatives([terms.empty, terms.sequence(form.begin(making, false), calls)]))
  })
  return choice === 'auto' ? textThenCalls : terms.sequence(form.begin(making, true), calls)
}

function toolsIn({ tools, choice, form }: ToolsSource): readonly CallableTool[] {
  const wanted = typeof choice === 'object' ? tools.filter(({ name }) => name === choice.tool) : tools
  if (wanted.length === 0)
    throw new AnyModelError(
      'invalid-argument',
      'There is no tool to call. Give at least one, and the one that is chosen.',
    )
  const odd = form === 'mistral-args' && wanted.find(({ name }) => !/^[\w.-]+$/.test(name))
  if (odd)
    throw new AnyModelError(
      'invalid-argument',
      `The tool name ${JSON.stringify(odd.name)} can't be written in this form.`,
    )
  return wanted
}

/** The arguments of a call: what fits the schema and is an object. */
function inputOf(making: Making, { name, schema = {} }: CallableTool, index: number): Term {
  const { terms, literals } = making
  const open = '{'
  const rest = terms.after(schemaTerm(making, `tool ${index}`, schema), open.charCodeAt(0))
  if (rest === terms.never)
    throw new AnyModelError('invalid-argument', `The schema of the tool ${JSON.stringify(name)} allows no object.`)
  return terms.sequence(literals.of(open), rest)
}

/** Any bytes in which a tag does not occur (Knuth, Morris and Pratt's automaton); the text may end everywhere. */
function textWithout(tag: string): Dfa {
  const next = (matched: number, byte: number): number | undefined => {
    const seen = tag.slice(0, matched) + String.fromCharCode(byte)
    for (let length = Math.min(seen.length, tag.length); ; length--)
      if (seen.endsWith(tag.slice(0, length))) return length === tag.length ? undefined : length
  }
  const bytes = [...tag].map((character) => [character.charCodeAt(0), character.charCodeAt(0)] as const)
  return toDfa({ start: 0, key: String, next, accepts: () => true }, byteClasses(bytes), tag) as Dfa
}
