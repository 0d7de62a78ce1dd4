import type { Message } from '@anymodel/core'

/** Something to search for. */
export interface Query {
  readonly text: string
  /** Default: in every way that the search has. */
  readonly by?: 'text' | 'vector'
  /** How much its lists count. Default 1. */
  readonly weight?: number
}

/** Gives what is searched for in place of a question; mostly the question itself is among it. */
export type Rewriter = (
  question: string,
  options: { readonly history?: readonly Message[]; readonly signal?: AbortSignal },
) => Promise<readonly Query[]>

export interface Rewriting {
  readonly history?: readonly Message[] | undefined
  readonly signal?: AbortSignal | undefined
  readonly onNotice?: ((message: string) => void) | undefined
}

/** At most so many queries come of one question, whatever rewriters give. */
const mostQueries = 16

/** The queries of all rewriters, each once. One that fails, or gives nothing, leaves the question as it is. */
export async function rewritten(
  question: string,
  rewriters: readonly Rewriter[],
  { history, signal, onNotice }: Rewriting,
): Promise<readonly Query[]> {
  if (rewriters.length === 0) return [{ text: question }]
  const options = { ...(history ? { history } : {}), ...(signal ? { signal } : {}) }
  const lists = await Promise.all(
    rewriters.map(async (rewrite) => {
      try {
        const queries = (await rewrite(question, options)).filter(({ text }) => text.trim() !== '')
        return queries.length > 0 ? queries : [{ text: question }]
      } catch (error) {
        if (signal?.aborted) throw signal.reason
        onNotice?.(`The question is searched for as it is, rewriting it failed: ${(error as Error).message}`)
        return [{ text: question }]
      }
    }),
  )
  const unique = new Map(lists.flat().map((query) => [`${query.by ?? ''} ${query.text}`, query]))
  return [...unique.values()].slice(0, mostQueries)
}
