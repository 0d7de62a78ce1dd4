/** Tokens that a repetition is told by. */
const context = 3
/** Most tokens that are proposed at once. */
const longest = 16
/** A run of the graph over one more token costs about a seventh of a run: proposals pay where more than this share is right. */
const worthwhile = 0.25
const pauses = { shortest: 16, longest: 256 }

/** Guesses how a text goes on by looking for where its last tokens stood before. */
export interface Speculation {
  /** The tokens that came after the last place where the text read as it does at its end; none when there was no such place, or guesses were wrong too often lately. */
  propose(tokens: readonly number[], most: number): readonly number[]
  /** Tells how many of the last proposal the model wrote itself. */
  learn(proposed: number, accepted: number): void
}

/** For one text, which only grows. */
export function speculation(): Speculation {
  const places = new Map<string, number>()
  let indexed = 0
  let reach = 4
  let share = 0.5
  let pause: number = pauses.shortest
  let resumeAt = 0
  const keyAt = (tokens: readonly number[], end: number): string =>
    `${tokens[end - 3]},${tokens[end - 2]},${tokens[end - 1]}`
  return {
    propose(tokens, most) {
      // The end itself is not indexed: it would only find itself.
      for (indexed = Math.max(indexed, context); indexed < tokens.length; indexed++)
        places.set(keyAt(tokens, indexed), indexed)
      if (tokens.length < context || tokens.length < resumeAt || most <= 0) return []
      const place = places.get(keyAt(tokens, tokens.length))
      if (place === undefined) return []
      const proposal = tokens.slice(place, place + Math.min(reach, most))
      // Where the place is so near that what followed ends here, it is repeated.
      for (let i = 0; proposal.length < Math.min(reach, most); i++) proposal.push(proposal[i] as number)
      return proposal
    },
    learn(proposed, accepted) {
      if (proposed === 0) return
      share += (accepted / proposed - share) / 4
      reach = accepted === proposed ? Math.min(longest, reach * 2) : Math.max(2, Math.min(reach, accepted + 2))
      if (share >= worthwhile) {
        pause = pauses.shortest
        return
      }
      resumeAt = indexed + pause
      pause = Math.min(pauses.longest, pause * 2)
      share = worthwhile
      reach = 2
    },
  }
}
