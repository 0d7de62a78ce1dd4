// Reads PDF files in a thread of its own, so that one that never ends can be stopped. Gets bytes; answers with the items of each page, then with what else is known, or with an error.
import { parentPort } from 'node:worker_threads'
import { getDocumentProxy } from 'unpdf'

const maxPages = 10_000
const maxHeadings = 2_000

// What the library drops on the way is told by what it answers.
process.on('unhandledRejection', () => {})

parentPort.on('message', async ({ bytes }) => {
  let pdf
  let answer
  try {
    pdf = await getDocumentProxy(bytes, { verbosity: 0, isEvalSupported: false, disableFontFace: true })
    answer = { done: await read(pdf) }
  } catch (error) {
    answer = { error: { name: error?.name ?? 'Error', message: String(error?.message ?? error) } }
  }
  // The library must be done with one file before the next one comes.
  await pdf?.destroy().catch(() => {})
  parentPort.postMessage(answer)
})

/** Sends the items of each page, and gives what else is known. */
async function read(pdf) {
  if (pdf.numPages > maxPages) throw new Error(`it has more than ${maxPages} pages`)
  for (let number = 1; number <= pdf.numPages; number++) {
    const page = await pdf.getPage(number)
    const { items } = await page.getTextContent()
    parentPort.postMessage({ part: items.filter((item) => 'str' in item).map(plain) })
    page.cleanup()
  }
  const labels = await pdf.getPageLabels().catch(() => null)
  const { info } = await pdf.getMetadata().catch(() => ({ info: {} }))
  return { labels, info: texts(info), outline: await outlineOf(pdf) }
}

const plain = ({ str, hasEOL, transform, width, height }) => ({ str, hasEOL, transform, width, height })

const texts = (info) => Object.fromEntries(Object.entries(info).filter(([, value]) => typeof value === 'string'))

/** The entries of the outline in order, each with its level and the place of its page. */
async function outlineOf(pdf) {
  const entries = []
  const walk = async (items, level) => {
    for (const { title, dest, items: below } of items) {
      if (entries.length >= maxHeadings) return
      entries.push({ title, level, page: await pageOf(pdf, dest) })
      if (level < 6) await walk(below, level + 1)
    }
  }
  await walk((await pdf.getOutline().catch(() => null)) ?? [], 1)
  return entries
}

async function pageOf(pdf, dest) {
  try {
    const place = typeof dest === 'string' ? await pdf.getDestination(dest) : dest
    return await pdf.getPageIndex(place[0])
  } catch {
    return -1
  }
}
