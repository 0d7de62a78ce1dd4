// The service that all clients ask: a process of its own on loopback. It writes bytes that were rendered before, so it is never the bottleneck.
// The first part of a URL's path says what to answer, since a base URL is the one thing that every client lets one choose:
//   /events=2000,write=burst/v1/chat/completions
// events  how many fragments                                   write  burst (an HTTP chunk per event), block (64 KB chunks), paced
// bytes   a JSON document of that size instead of prose        every  milliseconds between two events of a paced answer
import { createServer } from 'node:http'
import { wires } from './wires.mjs'
import { fragments, jsonFragments } from './words.mjs'

const slice = 64 * 1024
const lastChunk = Buffer.from('0\r\n\r\n')

const framed = (bytes) => Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')])

function slices(bytes) {
  const out = []
  for (let at = 0; at < bytes.length; at += slice) out.push(bytes.subarray(at, at + slice))
  return out
}

const remember = (make) => {
  const known = new Map()
  return (...key) => {
    const name = key.join()
    if (!known.has(name)) known.set(name, make(...key))
    return known.get(name)
  }
}

const textsOf = remember((count, bytes) => (bytes ? jsonFragments(count, bytes) : fragments(count)))
const wholeOf = remember((wire, count, bytes) => Buffer.from(JSON.stringify(wires[wire].whole(textsOf(count, bytes)))))
const writesOf = remember((wire, count, bytes, write) => {
  const events = [...wires[wire].events(textsOf(count, bytes))].map((event) => Buffer.from(event))
  if (write === 'block') return [...slices(Buffer.concat(events)).map(framed), lastChunk]
  const chunks = events.map(framed)
  return write === 'paced' ? [...chunks, lastChunk] : slices(Buffer.concat([...chunks, lastChunk]))
})

function settings(segment) {
  const {
    events = '2000',
    bytes = '0',
    write = 'burst',
    every = '100',
  } = Object.fromEntries(segment.split(',').map((pair) => pair.split('=')))
  return { count: Number(events), bytes: Number(bytes), write, every: Number(every) }
}

/** Writes as fast as the reader takes it. */
function pour(response, writes) {
  let at = 0
  const more = () => {
    while (at < writes.length)
      if (!response.write(writes[at++]) && at < writes.length) return response.once('drain', more)
    response.end()
  }
  more()
}

// One timer for all paced answers. They take turns within a period of `every` milliseconds, so that they spread evenly.
const turns = new Map()
let begun = 0
let clock = 0
let ticker

function tick() {
  let open = 0
  for (const now = Math.floor(performance.now()); clock < now; clock++)
    for (const slots of turns.values()) for (const step of slots[clock % slots.length]) step()
  for (const slots of turns.values()) for (const slot of slots) open += slot.size
  if (open > 0) return
  clearInterval(ticker)
  ticker = undefined
}

function pace(response, writes, every) {
  if (!turns.has(every))
    turns.set(
      every,
      Array.from({ length: every }, () => new Set()),
    )
  const slot = turns.get(every)[begun++ % every]
  let at = 0
  const step = () => {
    response.write(writes[at++])
    if (at < writes.length) return
    slot.delete(step)
    response.end()
  }
  slot.add(step)
  response.once('close', () => slot.delete(step))
  if (ticker) return
  clock = Math.floor(performance.now())
  ticker = setInterval(tick, 1)
}

function answer(request, response, body) {
  const [, segment = '', path = ''] = /^\/([^/]*)(\/[^?]*)/.exec(request.url) ?? []
  const wire = Object.keys(wires).find((name) => wires[name].serves(path))
  if (!wire) {
    response.writeHead(404).end()
    return
  }
  const { count, bytes, write, every } = settings(decodeURIComponent(segment))
  if (!/"stream": ?true/.test(body) && !path.endsWith(':streamGenerateContent')) {
    const whole = wholeOf(wire, count, bytes)
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': whole.length }).end(whole)
    return
  }
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'transfer-encoding': 'chunked' })
  // The bytes are framed as HTTP chunks already: how an answer is cut into chunks is part of what is measured.
  response.chunkedEncoding = false
  const writes = writesOf(wire, count, bytes, write)
  if (write === 'paced') pace(response, writes, every)
  else pour(response, writes)
}

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  response.socket.setNoDelay(true)
  let body = ''
  request.setEncoding('utf8')
  request.on('data', (text) => {
    body += text
  })
  request.on('end', () => answer(request, response, body))
})
process.on('disconnect', () => process.exit())
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () =>
  process.send({ origin: `http://127.0.0.1:${server.address().port}` }),
)
