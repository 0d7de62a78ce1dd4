/** An amount above 0 in US dollars: `20 usd`, `0.01 usd`. */
export const moneyPattern = /^(?=.*[1-9])\d+(?:\.\d+)? ?usd$/

/** US dollars of an amount that follows the pattern. */
export const toUsd = (money: string): number => Number(money.replace(/ ?usd$/, ''))
