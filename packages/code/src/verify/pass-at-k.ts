import { AnyModelError } from '@anymodel/core'

/**
 * The chance that of `k` samples at least one is right, judged by `n` samples of which `c` were right: the unbiased estimate `1 − C(n−c, k) / C(n, k)` (Chen et al. 2021, arXiv:2107.03374).
 * Whole numbers with 0 ≤ c ≤ n and 1 ≤ k ≤ n, else `invalid-argument`.
 */
export function passAtK(n: number, c: number, k: number): number {
  const whole = [n, c, k].every(Number.isInteger)
  if (!whole || c < 0 || c > n || k < 1 || k > n)
    throw new AnyModelError(
      'invalid-argument',
      `passAtK takes whole numbers with 0 ≤ c ≤ n and 1 ≤ k ≤ n, not n ${n}, c ${c}, k ${k}.`,
    )
  if (n - c < k) return 1
  let allWrong = 1
  for (let i = n - c + 1; i <= n; i++) allWrong *= 1 - k / i
  return 1 - allWrong
}
