export const isThere: boolean
