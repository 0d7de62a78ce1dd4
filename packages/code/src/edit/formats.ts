import type { MakeParser } from './edit.ts'
import { parseSearchReplace } from './parse-search-replace.ts'
import { parseUdiff } from './parse-udiff.ts'
import { parseV4a } from './parse-v4a.ts'
import { parseWhole } from './parse-whole.ts'

/** How a model writes edits. `tool`: by calling tools that edit; the others are written as text. */
export type EditFormat = 'search-replace' | 'diff-fenced' | 'udiff' | 'v4a' | 'whole' | 'tool'

/** A format that is written as text. */
export interface TextFormat {
  readonly parser: MakeParser
  /** What the model is told about it. */
  readonly rules: string
}

const blockRules = `The lines to find are lines of the file, exactly as they stand there with their indentation, and enough of them that they are in the file only once. Change one place per block, in small blocks. An empty part to find makes a new file, or appends to one that is there. Where a text itself has a line of seven = signs, use nine signs in all three marks.`

/** The formats that are written as text. */
export const textFormats: Readonly<Record<Exclude<EditFormat, 'tool'>, TextFormat>> = {
  'search-replace': {
    parser: parseSearchReplace,
    rules: `Answer with blocks like this one, each with the path of its file alone on the line before its fence:

src/example.ts
\`\`\`ts
<<<<<<< SEARCH
const answer = 41
=======
const answer = 42
>>>>>>> REPLACE
\`\`\`

${blockRules}`,
  },
  'diff-fenced': {
    parser: parseSearchReplace,
    rules: `Answer with blocks like this one, each with the path of its file as the first line in its fence:

\`\`\`
src/example.ts
<<<<<<< SEARCH
const answer = 41
=======
const answer = 42
>>>>>>> REPLACE
\`\`\`

${blockRules}`,
  },
  udiff: {
    parser: parseUdiff,
    rules: `Answer with a unified diff in a fence:

\`\`\`diff
--- src/example.ts
+++ src/example.ts
@@ ... @@
 function example() {
-  return 41
+  return 42
 }
\`\`\`

Leave line numbers out. Start a new hunk, with its own @@ line, for every place; each has enough unchanged lines around its change that the place is clear. A new file is a diff from /dev/null.`,
  },
  v4a: {
    parser: parseV4a,
    rules: `Answer with one patch:

*** Begin Patch
*** Update File: src/example.ts
@@ function example()
   const unchanged = 1
-  return 41
+  return 42
 }
*** Add File: src/new.ts
+export const fresh = true
*** Delete File: src/old.ts
*** End Patch

Every line of an update begins with a space (unchanged), - or +. Three unchanged lines around a change tell its place; a line @@ before them names what they are in, where they are not enough. *** Move to: path behind *** Update File renames.`,
  },
  whole: {
    parser: parseWhole,
    rules: `Answer with every file that changes, whole, each with its path alone on the line before its fence:

src/example.ts
\`\`\`\`ts
const answer = 42
\`\`\`\`

Write every line of the file, also those that stay: never a comment in place of lines. The fence has four backticks.`,
  },
}

/** Which format a model writes best, the first match counts. Small models can't quote lines exactly, but can write a file again. */
const formatRules: readonly { readonly match: RegExp; readonly format: EditFormat }[] = [
  { match: /gemini/i, format: 'diff-fenced' },
  { match: /gpt-(?:4\.1|[5-9])|codex|(?:^|\/)o[34](?:-|$)/i, format: 'v4a' },
  { match: /gpt-4-turbo|gpt-4-1106/i, format: 'udiff' },
  {
    match: /(?:^|[-_:])(?:0\.\d+|[1-4](?:\.\d+)?)b(?:[-_:]|$)|smollm|tinyllama|gpt-3\.5|-\d{2,3}m(?:-|$)/i,
    format: 'whole',
  },
]

/** The format that fits a model by its id. Default `search-replace`. */
export const editFormatOf = (id: string): EditFormat =>
  formatRules.find(({ match }) => match.test(id))?.format ?? 'search-replace'
