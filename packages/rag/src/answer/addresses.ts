const address = /(?:[a-z][a-z\d+.-]*:\/\/|www\.)[^\s<>"')\]]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+/gu

/** True when a claim names a link or a mail address that its quote does not: a way to lead readers, or what they know, elsewhere. Both normalised. */
export const addsAddress = (claim: string, quote: string): boolean =>
  (claim.match(address) ?? []).some((found) => !quote.includes(found.replace(/[.,;:!?]+$/, '')))
