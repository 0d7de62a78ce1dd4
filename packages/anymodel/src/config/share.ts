/** A share in per cent: `5%`, `12.5%`, `100%`. */
export const sharePattern = /^(?:100|\d{1,2}(?:\.\d+)?)%$/

/** From 0 to 1. */
export const toShare = (share: string): number => Number(share.slice(0, -1)) / 100
