import type { Given, Message, ObjectOptions, TextModel, Usage, Warning } from '@anymodel/core'
import type { PackOptions } from '../retrieve/pack.ts'
import type { Passage, PassageOptions } from '../retrieve/passages.ts'
import type { SearchOptions } from '../retrieve/search-options.ts'
import type { QuoteVerdict } from './check-quote.ts'
import type { ClaimJudge } from './judge-claim.ts'

/** What is done with claims whose quotes do not hold: left out; left out after the model was told once what is wrong and could say it better; or kept, with a mark. */
export type UnsupportedPolicy = 'drop' | 'reask' | 'annotate'

/** Options of `ask` and `streamAsk`: those of an answer of the model, the question, and how it is searched for. */
export interface AskOptions
  extends Omit<
    ObjectOptions,
    'prompt' | 'messages' | 'system' | 'name' | 'description' | 'delivery' | 'downloads' | 'onUnsupported'
  > {
  readonly question: string
  /** Earlier messages of the conversation: the question is first made one that stands alone. */
  readonly history?: readonly Message[]
  /** How chunks are found. */
  readonly search?: Omit<SearchOptions, 'history' | 'signal' | 'onNotice'>
  /** How they become what the model reads. */
  readonly context?: PassageOptions & PackOptions
  /** What the answer should be like: its language, tone, length. */
  readonly instructions?: string
  /** Default `reask`. */
  readonly unsupported?: UnsupportedPolicy
  /** A text model, or `similarityJudge(embedding)`, that says of every claim with a good quote whether the quote, with what stands around it, carries it. Default: none. */
  readonly judge?: Given<TextModel> | ClaimJudge
  /** The answer when the documents say nothing. Default: a sentence that says so. */
  readonly refusal?: string
}

/** A claim of the answer, and the words that it rests on. */
export interface Citation {
  /** The claim, at `start` to `end` of the answer. */
  readonly claim: string
  readonly start: number
  readonly end: number
  readonly documentId: string
  readonly title?: string
  readonly page?: string
  readonly headings: readonly string[]
  /** The words as they stand in the document, at `quoteStart` to `quoteEnd` of its text. */
  readonly quote: string
  readonly quoteStart: number
  readonly quoteEnd: number
}

/** What became of a claim. `rejected`: the judge says that its quote does not carry it. */
export interface ClaimVerdict {
  readonly claim: string
  /** As the model gave it. */
  readonly quote: string
  readonly verdict: QuoteVerdict | 'rejected'
  /** Whether it stands in the answer. */
  readonly kept: boolean
}

/** An answer from documents. */
export interface GroundedAnswer {
  /** The claims that are kept, one behind the other; the refusal when there are none. */
  readonly answer: string
  /** False: nothing was found that answers the question. */
  readonly answered: boolean
  readonly citations: readonly Citation[]
  /** Of every claim, also of those that were left out. */
  readonly verdicts: readonly ClaimVerdict[]
  /** What the model was given to read. */
  readonly passages: readonly Passage[]
  /** What was searched for: the question, or what a conversation made of it. */
  readonly question: string
  /** Of all requests to models that answered or judged. */
  readonly usage: Usage
  readonly warnings: readonly Warning[]
}

/** What is said while an answer is made. Text comes claim by claim, each after its quote was checked, its citation right behind it. */
export type AnswerPart =
  | { readonly type: 'passages'; readonly passages: readonly Passage[] }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'citation'; readonly citation: Citation }
  | { readonly type: 'verdict'; readonly verdict: ClaimVerdict }
  | { readonly type: 'notice'; readonly message: string }
  | { readonly type: 'finish'; readonly answered: boolean; readonly usage: Usage }

/** An answer on its way. Nothing is searched or sent before somebody reads; any number of readers may, each gets everything. */
export interface AnswerStream extends AsyncIterable<AnswerPart> {
  /** The text, claim by claim. */
  readonly textStream: AsyncIterable<string>
  /** What `ask` would have returned. Reading it runs the answer to its end. */
  readonly result: Promise<GroundedAnswer>
}
