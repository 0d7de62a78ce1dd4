/** Reads an answer a line at a time, without line breaks; `after` follows every fragment's lines, and a promise of it is waited for. */
export async function eachLine(
  answer: AsyncIterable<string>,
  take: (line: string) => void,
  after: () => void | Promise<void>,
): Promise<void> {
  let held = ''
  for await (const text of answer) {
    const lines = (held + text).split('\n')
    held = lines.pop() ?? ''
    for (const line of lines) take(line.replace(/\r$/, ''))
    await after()
  }
  if (held !== '') take(held.replace(/\r$/, ''))
  await after()
}
