/** An amount above 0 in US dollars: `20 usd`, `0.01 usd`. */
export const moneyPattern = /^(?=.*[1-9])\d+(?:\.\d+)? ?usd$/

/** The same, or in tokens: `2000000 tokens`. */
export const amountPattern = /^(?=.*[1-9])(?:\d+(?:\.\d+)? ?usd|\d+ ?tokens)$/

/** US dollars of an amount that follows the pattern. */
export const toUsd = (money: string): number => Number(money.replace(/ ?usd$/, ''))

/** An amount that follows the pattern, as `withBudget` takes it. */
export const toAmount = (amount: string): { readonly usd: number } | { readonly tokens: number } =>
  amount.endsWith('tokens') ? { tokens: Number(amount.replace(/ ?tokens$/, '')) } : { usd: toUsd(amount) }
