// As raw.mjs, but events are handed over by callback within a network chunk: what an async iterator costs is the difference.
import { createParser } from 'eventsource-parser'
import { formats, post } from './raw.mjs'

export function open({ url, wire }) {
  const format = formats[wire]
  return {
    async stream(onText) {
      const body = await post(format, url, true)
      const onEvent = ({ data }) => {
        if (data === '[DONE]') return
        const text = format.delta(JSON.parse(data))
        if (text) onText(text)
      }
      const parser = createParser({ onEvent })
      const utf8 = new TextDecoder()
      await new Promise((resolve, reject) => {
        body.on('data', (chunk) => parser.feed(utf8.decode(chunk, { stream: true })))
        body.on('end', resolve)
        body.on('error', reject)
      })
    },
  }
}
