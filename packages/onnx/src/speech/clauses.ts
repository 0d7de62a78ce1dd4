/** A piece of a sentence that is spoken in one breath. */
export interface Clause {
  readonly text: string
  /** The mark that ends it: `,` `;` `:` `.` `!` `?`, or nothing. */
  readonly mark: string
}

/** A sentence, cut where one takes breath. */
export interface Sentence {
  readonly clauses: readonly Clause[]
  /** It ends its paragraph. */
  readonly last: boolean
}

/** Characters of a sentence that is spoken at once; longer ones are cut between words, so that no text, however it is written, needs memory without bound. */
const longest = 400

/** Shortenings whose full stop ends no sentence. */
const shortened =
  /(?:^|[\s("'])(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|Lt|Col|Gen|Rev|Hon|Nr|Hr|Fr|Bd|vs|etc|e\.g|i\.e|z\.B|approx|No)\.\s*$/

/** Cuts a text into sentences, and those into clauses. `language`: a BCP 47 tag. */
export function toSentences(text: string, language: string): Sentence[] {
  return text
    .split(/\n\s*\n/)
    .map((paragraph) => sentencesOf(paragraph, language).flatMap(cut).map(toClauses))
    .map((sentences) => sentences.filter((clauses) => clauses.length > 0))
    .flatMap((sentences) => sentences.map((clauses, at): Sentence => ({ clauses, last: at === sentences.length - 1 })))
}

function sentencesOf(paragraph: string, language: string): string[] {
  const sentences: string[] = []
  for (const { segment } of segmenter(language).segment(paragraph.replaceAll(/\s+/g, ' '))) {
    const before = sentences.at(-1)
    if (before !== undefined && shortened.test(before)) sentences[sentences.length - 1] = before + segment
    else sentences.push(segment)
  }
  return sentences
}

function segmenter(language: string): Intl.Segmenter {
  try {
    return new Intl.Segmenter(language, { granularity: 'sentence' })
  } catch {
    // A voice may name its language in a way of its own.
    return new Intl.Segmenter('en', { granularity: 'sentence' })
  }
}

/** A sentence that is too long, in pieces: after a clause where there is one, else between words, else anywhere. */
function cut(sentence: string): string[] {
  const pieces: string[] = []
  let rest = sentence
  while (rest.length > longest) {
    const head = rest.slice(0, longest)
    const clause = Math.max(...[', ', '; ', ': '].map((mark) => head.lastIndexOf(mark))) + 1
    const end = [clause, head.lastIndexOf(' ')].find((at) => at > longest / 4) ?? longest
    pieces.push(rest.slice(0, end))
    rest = rest.slice(end)
  }
  return [...pieces, rest]
}

/** Marks in other scripts, and those that sound like one of the six. */
const marks: Readonly<Record<string, string>> = {
  '，': ',',
  '、': ',',
  '—': ',',
  '–': ',',
  '；': ';',
  '：': ':',
  '。': '.',
  '…': '.',
  '！': '!',
  '？': '?',
  '؟': '?',
  '،': ',',
  '।': '.',
}

/** A mark ends a clause when a space or the end follows it: the ones in 3.5, 1,000 and 10:30 do not. */
const boundary = /([,;:.!?，、；：。！？…—–؟،।]+)["'”’»)\]]*(?:\s+|$)|([，、；：。！？؟،।]+)/gu

function toClauses(sentence: string): Clause[] {
  const clauses: Clause[] = []
  let at = 0
  const push = (text: string, mark: string) => {
    if (/[\p{L}\p{N}]/u.test(text)) clauses.push({ text: text.trim(), mark })
  }
  for (const match of sentence.matchAll(boundary)) {
    const written = match[1] ?? match[2] ?? ''
    // Within a sentence a full stop belongs to a shortening.
    if (/^\.+$/.test(written) && match.index + match[0].length < sentence.length) continue
    const first = written.includes('?') ? '?' : written.includes('!') ? '!' : ([...written][0] ?? '')
    push(sentence.slice(at, match.index), marks[first] ?? first)
    at = match.index + match[0].length
  }
  push(sentence.slice(at), '')
  return clauses
}
