// What the upstream writes: the same text and the same JSON document in every run.

const words =
  'the model reads a prompt and writes one token after another until it stops while tools wait for their turn naïve café 東京 🙂'.split(
    ' ',
  )

/** Numbers below 1 that repeat with every run (a linear congruential generator). */
const sequence = (seed) => () => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
  return seed / 4294967296
}

/** `count` fragments of text: a word or two, sometimes with a line break. */
export function fragments(count) {
  const next = sequence(1)
  const word = () => words[Math.floor(next() * words.length)]
  return Array.from({ length: count }, () => {
    const text = next() < 0.8 ? ` ${word()}` : ` ${word()} ${word()}`
    return next() < 0.02 ? `${text}.\n\n` : text
  })
}

/** The text of one JSON document of about `bytes` bytes, a list of items, cut into `count` fragments. */
export function jsonFragments(count, bytes) {
  const next = sequence(2)
  const text = (length) => Array.from({ length }, () => words[Math.floor(next() * 16)]).join(' ')
  const items = []
  for (let size = 12; size < bytes; ) {
    const id = items.length
    const item = {
      id,
      name: text(2),
      description: text(12),
      tags: [text(1), text(1)],
      price: id / 4,
      sold: id % 2 === 0,
    }
    items.push(item)
    size += JSON.stringify(item).length + 1
  }
  const json = JSON.stringify({ items })
  return Array.from({ length: count }, (_, at) =>
    json.slice(Math.floor((at * json.length) / count), Math.floor(((at + 1) * json.length) / count)),
  )
}
