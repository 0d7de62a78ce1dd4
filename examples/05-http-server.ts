// A streaming endpoint in plain node:http. A client that leaves stops the model.
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { anymodel } from 'anymodel'

const ai = await anymodel()

const server = http.createServer((request, response) => {
  const prompt = new URL(request.url ?? '/', 'http://localhost').searchParams.get('q') ?? 'Say hello.'
  void ai.streamText({ model: 'chat', prompt, maxTokens: 30 }).pipeTo(response, { format: 'text' })
})

server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address() as AddressInfo
  const response = await fetch(`http://127.0.0.1:${port}/?q=Name+a+fruit.`)
  console.log(await response.text())
  server.close()
  await ai.close()
})
