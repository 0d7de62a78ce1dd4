import type { Cluster, CodeAttempt } from './verify-options.ts'

/** Attempts that do the same, together: what passes most first, then what most samples agree on, weighed by the judge. In each, the shortest code first, of those the fastest. */
export function clustersOf(attempts: readonly CodeAttempt[]): Cluster[] {
  const groups = new Map<string, CodeAttempt[]>()
  for (const attempt of attempts) {
    const signature = attempt.signature ?? ''
    groups.set(signature, [...(groups.get(signature) ?? []), attempt])
  }
  return ranked([...groups].map(([signature, members]) => toCluster(signature, members)))
}

/** The best cluster first. */
export const ranked = (clusters: readonly Cluster[]): Cluster[] => {
  const weight = ({ attempts, score = 1 }: Cluster) => attempts.length * score
  return [...clusters].sort((a, b) => b.passing - a.passing || weight(b) - weight(a))
}

function toCluster(signature: string, members: readonly CodeAttempt[]): Cluster {
  const length = ({ code }: CodeAttempt) => code.replace(/\s+/g, '').length
  const time = ({ tests }: CodeAttempt) => tests?.durationMs ?? 0
  const best = [...members].sort((a, b) => length(a) - length(b) || time(a) - time(b))
  return {
    signature,
    attempts: best.map(({ index }) => index),
    passing: Math.max(...members.map(passingOf)),
  }
}

/** Share of the tests that an attempt passes. Without tests 1, or 0 for what was not run and for what fails on every input. */
function passingOf({ problem, tests, signature }: CodeAttempt): number {
  if (tests === undefined) return problem !== undefined || signature === failing ? 0 : 1
  const passed = tests.tests.filter((test) => test.passed).length
  return tests.passed ? 1 : passed / (tests.tests.length + 1)
}

/** The signature of code that fails on every input. */
export const failing = 'fails'
