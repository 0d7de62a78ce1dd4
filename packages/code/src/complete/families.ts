/** Where the texts go in a template; everything else in it is a marker or fixed text. */
type Slot = 'prefix' | 'suffix' | 'path' | 'language'

/** A step of a template: a marker of the family (one special token), fixed text, or the place of a text. */
export type Step = { readonly marker: string } | { readonly fixed: string } | { readonly slot: Slot }

/** How a family of models wants to be asked to fill a gap. */
export interface FillFamily {
  readonly name: string
  /** Model ids of the family. */
  readonly match: RegExp
  readonly template: readonly Step[]
  /** How other files are written: around each of them, and before the file with the gap. Absent where the family has no form for them. */
  readonly files?: {
    readonly start?: readonly Step[]
    readonly before: readonly Step[]
    readonly after: readonly Step[]
    readonly current: readonly Step[]
    /** They stand at the front of the prefix, not of the whole. */
    readonly inPrefix?: boolean
  }
  /** Texts that end the completion besides the family's markers. */
  readonly stop: readonly string[]
  /** Instructed models of the family read the template as a user message. */
  readonly chat?: RegExp
}

const marker = (name: string): Step => ({ marker: name })
const fixed = (text: string): Step => ({ fixed: text })
const prefix: Step = { slot: 'prefix' }
const suffix: Step = { slot: 'suffix' }
const path: Step = { slot: 'path' }
const language: Step = { slot: 'language' }

/** Markers in the order prefix, suffix, middle. */
const inOrder = (before: string, after: string, middle: string): readonly Step[] => [
  marker(before),
  prefix,
  marker(after),
  suffix,
  marker(middle),
]

const piped = inOrder('<|fim_prefix|>', '<|fim_suffix|>', '<|fim_middle|>')

/**
 * The families that were trained to fill gaps, the first match counts. The templates are those of the models' own cards and tokenizers:
 * https://arxiv.org/abs/2207.14255 (the method), https://arxiv.org/abs/2402.19173 (StarCoder2), https://arxiv.org/abs/2409.12186 (Qwen2.5-Coder), https://arxiv.org/abs/2308.12950 (Code Llama).
 */
export const fillFamilies: readonly FillFamily[] = [
  {
    name: 'qwen-coder',
    match: /qwen-?(?:2\.5|3).*coder/i,
    template: piped,
    files: {
      start: [marker('<|repo_name|>'), fixed('project\n')],
      before: [marker('<|file_sep|>'), path, fixed('\n')],
      after: [fixed('\n')],
      current: [marker('<|file_sep|>'), path, fixed('\n')],
    },
    stop: ['<|endoftext|>', '<|fim_pad|>', '<|repo_name|>', '<|file_sep|>', '<|im_start|>', '<|im_end|>'],
    chat: /qwen-?3.*coder/i,
  },
  {
    name: 'starcoder',
    match: /starcoder|stable-?code|codeqwen|octocoder|granite.*code/i,
    template: inOrder('<fim_prefix>', '<fim_suffix>', '<fim_middle>'),
    files: { before: [marker('<file_sep>'), path, fixed('\n')], after: [], current: [marker('<file_sep>')] },
    stop: ['<file_sep>', '<|endoftext|>'],
  },
  {
    name: 'code-llama',
    match: /code-?llama/i,
    // The spaces are part of it: the tokenizer has them.
    template: [marker('<PRE>'), fixed(' '), prefix, fixed(' '), marker('<SUF>'), suffix, fixed(' '), marker('<MID>')],
    stop: ['<EOT>'],
  },
  {
    name: 'deepseek-coder',
    match: /deepseek.*coder|deepseek-v[2-9]/i,
    template: inOrder('<｜fim▁begin｜>', '<｜fim▁hole｜>', '<｜fim▁end｜>'),
    stop: ['<｜end▁of▁sentence｜>'],
  },
  {
    name: 'codestral',
    match: /codestral/i,
    template: [marker('[SUFFIX]'), suffix, marker('[PREFIX]'), prefix],
    files: {
      before: [fixed('+++++ '), path, fixed('\n')],
      after: [fixed('\n\n')],
      current: [fixed('+++++ '), path, fixed('\n')],
      inPrefix: true,
    },
    stop: ['\n+++++ '],
  },
  {
    name: 'codegemma',
    match: /codegemma/i,
    template: piped,
    files: {
      before: [marker('<|file_separator|>'), path, fixed('\n')],
      after: [],
      current: [marker('<|file_separator|>')],
    },
    stop: ['<|file_separator|>', '<end_of_turn>'],
  },
  { name: 'granite', match: /granite-?4/i, template: piped, stop: ['<|end_of_text|>', '<|fim_pad|>'] },
  {
    name: 'seed-coder',
    match: /seed-?coder/i,
    // The suffix stands first: https://huggingface.co/ByteDance-Seed/Seed-Coder-8B-Base.
    template: [marker('<[fim-suffix]>'), suffix, marker('<[fim-prefix]>'), prefix, marker('<[fim-middle]>')],
    stop: ['<[end▁of▁sentence]>'],
  },
  {
    name: 'codegeex4',
    match: /codegeex-?4/i,
    template: [
      marker('<|user|>'),
      fixed('\n###PATH:'),
      path,
      fixed('\n###LANGUAGE:'),
      language,
      fixed('\n###MODE:BLOCK\n'),
      marker('<|code_suffix|>'),
      suffix,
      marker('<|code_prefix|>'),
      prefix,
      marker('<|code_middle|>'),
      marker('<|assistant|>'),
      fixed('\n'),
    ],
    stop: ['<|endoftext|>', '<|observation|>'],
  },
  {
    name: 'mercury',
    match: /mercury/i,
    template: [marker('<|file_sep|>'), path, fixed('\n'), ...piped],
    stop: [],
  },
]

/** The family that a model id belongs to. */
export const fillFamilyOf = (id: string): FillFamily | undefined => fillFamilies.find(({ match }) => match.test(id))
