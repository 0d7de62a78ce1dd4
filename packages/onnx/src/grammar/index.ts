import { AnyModelError } from '@anymodel/core'
import { forcedTokens } from './forced.ts'
import { masks } from './mask.ts'
import { textDfa } from './regex/compile.ts'
import { schemaTerm } from './schema/values.ts'
import { automaton } from './term/automaton.ts'
import { choice, type Making } from './term/choice.ts'
import { literals } from './term/literal.ts'
import { terms as newTerms, type Term, type Terms } from './term/term.ts'
import { type ToolsSource, tagsOf, toolsTerm } from './tools.ts'
import { tokenTrie, type Vocabulary } from './vocabulary/trie.ts'
import { walker } from './vocabulary/walker.ts'

export type { CallableTool, ToolForm, ToolsSource } from './tools.ts'
export type { Vocabulary } from './vocabulary/trie.ts'

/**
 * What an answer must be.
 *
 * - `json-schema`: JSON that fits a schema (draft 2020-12, or draft 7). See `schemaTerm` for how it is written.
 * - `json`: a JSON object or array. A text or number alone, which any JSON could be, is where small models end at once.
 * - `regex`: a text that a JavaScript regular expression matches from end to end.
 * - `choice`: one of some texts.
 * - `tools`: text with calls of tools in it.
 */
export type GrammarSource =
  | { readonly type: 'json-schema'; readonly schema: unknown }
  | { readonly type: 'json' }
  | { readonly type: 'regex'; readonly pattern: string }
  | { readonly type: 'choice'; readonly choices: readonly string[] }
  | ToolsSource

/** A grammar for the tokens of one model. What one sequence finds out about it, all later ones know. */
export interface Grammar {
  /** The state before the first token. */
  begin(): Constraint
}

/** One sequence that follows a grammar. */
export interface Constraint {
  /**
   * The tokens that may come next: token t is bit `t & 31` of word `t >>> 5`. Tokens that end the answer are in it when it is whole. To be read only, and until the next call of a method of this
   * grammar. Throws `unsupported` when the vocabulary has no token for what must come.
   */
  mask(): Uint32Array
  /** Goes on by one token, whether sampled or forced. Throws `invalid-argument`, and changes nothing, when the grammar does not allow it. */
  advance(token: number): void
  /** Tokens that must come next, as the tokenizer would write them; they are not advanced over. None where the model has a choice. To call once per sampled token: the work is in proportion to their number. */
  forced(): readonly number[]
  /** True when the answer is whole and nothing but an end can follow, or an end did. */
  readonly done: boolean
  /** True when the answer is whole: it may end here. */
  readonly accepting: boolean
  /** Remembers where the sequence is. Costs nothing. */
  mark(): Mark
  /** Goes to where any sequence of this grammar was: back, or into a copy. */
  rewind(mark: Mark): void
}

/** Where a sequence is. */
interface Mark {
  readonly term: Term
  readonly ended: boolean
}

/**
 * Compiles a grammar. It takes some milliseconds; the trie of the vocabulary, which the first grammar builds and all of a model share, some more (`tokenTrie`). Throws `unsupported` for what can't be
 * enforced (a keyword, a pattern), `invalid-argument` for what makes no sense or matches nothing, `config` for a vocabulary without tokens.
 *
 * For every token: take the `forced()` ones, then set logits to minus infinity outside of `mask()`, sample, and `advance`. All sequences of one grammar share what is known about its states, so keep
 * the grammar (some megabytes) as long as requests with the same schema may come. A draft is advanced over token by token, and `rewind` takes back what the model did not confirm.
 */
export function compileGrammar(source: GrammarSource, vocabulary: Vocabulary): Grammar {
  const terms = newTerms()
  const start = toTerm({ terms, literals: literals(terms) }, source)
  if (start === terms.never)
    throw new AnyModelError(
      'invalid-argument',
      'Nothing matches the grammar: give at least one choice, or a pattern that some text fits.',
    )
  const walks = walker(terms, tokenTrie(vocabulary))
  const tags = specialTags(source, vocabulary)
  const maskOf = masks(terms, walks, vocabulary, tags)
  const tagOf = new Map([...tags].map(([tag, token]) => [token, tag]))
  // A run is tokenised once, however many sequences come by.
  const runs = new WeakMap<Term, readonly number[]>()
  const forced = (term: Term): readonly number[] => {
    let run = runs.get(term)
    if (!run) runs.set(term, (run = forcedTokens(terms, walks, vocabulary, term)))
    return run
  }
  const after = (term: Term, token: number): Term => {
    const tag = tagOf.get(token)
    return tag === undefined ? afterBytes(terms, term, vocabulary.bytes(token)) : afterTag(terms, term, tag)
  }
  return {
    begin: () => constraint({ terms, start, vocabulary, maskOf, after, forced }),
  }
}

function toTerm(making: Making, source: GrammarSource): Term {
  const { terms } = making
  switch (source.type) {
    case 'json-schema':
      return schemaTerm(making, 'schema', source.schema)
    case 'json':
      return schemaTerm(making, 'json', { type: ['object', 'array'] })
    case 'regex': {
      const dfa = textDfa(source.pattern)
      return dfa ? automaton(terms, 'pattern', dfa) : terms.never
    }
    case 'choice':
      return choice(making, 'choices', source.choices)
    case 'tools':
      return toolsTerm(making, source)
  }
}

/** The tags that are one special token in this vocabulary. */
function specialTags(source: GrammarSource, vocabulary: Vocabulary): ReadonlyMap<string, number> {
  const tags = new Map<string, number>()
  for (const tag of source.type === 'tools' ? tagsOf(source) : []) {
    const token = vocabulary.special?.(tag)
    if (token !== undefined) tags.set(tag, token)
  }
  return tags
}

function afterBytes(terms: Terms, start: Term, bytes: Uint8Array): Term {
  if (bytes.length === 0) return terms.never
  let term = start
  for (const byte of bytes) term = terms.after(term, byte)
  return term
}

function afterTag(terms: Terms, term: Term, tag: string): Term {
  const tails = terms
    .heads(term)
    .filter(({ terminal }) => terminal.tag === tag)
    .map(({ tail }) => tail)
  return terms.alternatives(tails)
}

interface Parts {
  readonly terms: Terms
  readonly start: Term
  readonly vocabulary: Vocabulary
  maskOf(term: Term): Uint32Array
  after(term: Term, token: number): Term
  forced(term: Term): readonly number[]
}

function constraint({ terms, start, vocabulary, maskOf, after, forced }: Parts): Constraint {
  let at: Mark = { term: start, ended: false }
  const end = terms.empty
  return {
    mask: () => maskOf(at.ended ? end : at.term),
    advance(token) {
      if (!at.ended && vocabulary.ends.has(token) && terms.nullable(at.term)) {
        at = { term: at.term, ended: true }
        return
      }
      const term = at.ended || vocabulary.ends.has(token) ? terms.never : after(at.term, token)
      if (term === terms.never)
        throw new AnyModelError(
          'invalid-argument',
          `The grammar does not allow token ${token} here. Apply the mask before sampling.`,
        )
      at = { term, ended: false }
    },
    forced: () => (at.ended ? [] : forced(at.term)),
    get done() {
      return at.ended || at.term === terms.empty
    },
    get accepting() {
      return at.ended || terms.nullable(at.term)
    },
    mark: () => at,
    rewind(mark) {
      at = mark
    },
  }
}
