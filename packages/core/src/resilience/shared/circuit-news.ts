import type { State } from '../../state/state.ts'
import { parsed } from './loose-state.ts'

/** What one process tells the others about a circuit. */
export interface News {
  readonly id: string
  /** In a row; 0: it is closed. */
  readonly openings: number
  /** Milliseconds for which it is open. */
  readonly wait: number
  readonly at: number
}

/** Milliseconds for which a circuit is still open that processes have in common. */
export async function openFor(state: State, key: string, now: number): Promise<number> {
  const news = parsed(await state.get(keyOf(key)))
  return isNews(news) && news.openings > 0 ? leftOf(news, now) : 0
}

/** Under which key a state keeps it. */
export const keyOf = (key: string): string => `breaker:{${key}}`

/** Milliseconds that are left of the wait. Clocks differ: it is no longer than it was said to be. */
export const leftOf = ({ wait, at }: News, now: number): number => Math.min(wait, Math.max(0, at + wait - now))

/** True for what a process told; others may write there too. */
export function isNews(value: unknown): value is News {
  const { id, openings, wait, at } = (value ?? {}) as Partial<Record<keyof News, unknown>>
  return typeof id === 'string' && [openings, wait, at].every((one) => Number.isFinite(one) && (one as number) >= 0)
}
