const spelled = ['two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve']
const values = new Map(spelled.map((word, at) => [word, String(at + 2)]))

const number = new RegExp(String.raw`\p{N}+(?:[.,:/]\p{N}+)*|\b(?:${spelled.join('|')})\b`, 'gu')

/** The numbers of a normalised text: 1,500 is 1500, and from two to twelve they may be words. */
const numbersIn = (text: string): string[] =>
  (text.match(number) ?? []).map((found) => values.get(found) ?? found.replace(/,(?=\d{3}(?!\d))/g, ''))

/** True when a claim says a number that its quote does not say. Both normalised. */
export function addsNumber(claim: string, quote: string): boolean {
  const said = new Set(numbersIn(quote))
  return numbersIn(claim.replace(/\[\d+\]/g, '')).some((found) => !said.has(found))
}

const magnitude =
  /^ (?:hundred|thousand|million|billion|trillion|dozen|percent|per cent|bn|tausend|millionen|milliarden|prozent)\b/

/** True when a number goes on where a text is cut in two. */
export function cutsNumber(left: string, right: string): boolean {
  if (/\p{N}$/u.test(left)) {
    if (/^(?:[.,:/']?\p{N}|[%‰])/u.test(right) || magnitude.test(right)) return true
    return /(?<!\d)\d{1,3}$/.test(left) && /^ \d{3}(?!\d)/.test(right)
  }
  if (!/^\p{N}/u.test(right)) return false
  if (/\p{N}[.,:/']$/u.test(left) || /(?:^|[^\p{L}\p{N}])-$/u.test(left)) return true
  return /(?<!\d)\d{1,3} $/.test(left) && /^\d{3}(?!\d)/.test(right)
}
