import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type Answer, type ModelServer, modelServer, type ServedRequest } from '@anymodel/testing'

/** A service that answers what the samples of the guide and the examples ask. */
export const sampleService = (): Promise<ModelServer> => modelServer(answerTo)

function answerTo({ text }: ServedRequest): Answer {
  if (text.includes('You answer a question from sources')) return claims
  if (/"(?:json_schema|responseJsonSchema|responseSchema|output_config)"/.test(text))
    return /"elements?"/.test(text) ? '{"elements":["red","green"]}' : '{"name":"Ann","age":42}'
  for (const [asked, answer] of codeAnswers) if (text.includes(asked)) return answer
  const asksTool = /"tools":\[/.test(text)
  const hasResult = /"function_call_output"|"role":"tool"|"tool_result"|"functionResponse"/.test(text)
  if (asksTool && !hasResult) return [{ type: 'tool-call', id: 'call_1', name: 'weather', input: '{"city":"Oslo"}' }]
  return [
    { type: 'text', text: 'Hello' },
    { type: 'text', text: ' from the service.' },
    { type: 'finish', usage: { input: 9, output: 4 } },
  ]
}

/** An answer from documents, for the samples about retrieval. */
const claims = JSON.stringify({
  elements: [
    {
      sourceId: '1',
      quote: 'The warranty of the pump lasts for two years',
      claim: 'It lasts for two years.',
    },
  ],
})

/** What is answered to the instructions of the code verbs. */
const codeAnswers: readonly (readonly [asked: string, answer: string])[] = [
  ['You fill a gap', '<COMPLETION>a + b</COMPLETION>'],
  [
    'You edit source files',
    `*** Begin Patch
*** Update File: src/add.js
@@
-export const add = (a, b) => a - b
+export const add = (a, b) => a + b
*** End Patch`,
  ],
  ['You write code', '```js\nexport const add = (a, b) => a + b\n```'],
]

const root = fileURLToPath(new URL('..', import.meta.url))

export interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Runs a TypeScript file as a user would, on the sources, with every service on loopback. */
export function runSample(file: string, server: ModelServer, env: Record<string, string> = {}): Promise<Ran> {
  const services = Object.fromEntries(
    ['OPENAI', 'ANTHROPIC', 'GOOGLE', 'GROQ'].flatMap((name) => [
      [`${name}_BASE_URL`, `${server.url}/v1`],
      [`${name}_API_KEY`, 'test-key'],
    ]),
  )
  const child = spawn(process.execPath, ['--import', 'tsx', '--conditions=@anymodel/source', file], {
    cwd: root,
    env: { ...process.env, ...services, ...env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
  })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  child.stderr.on('data', (chunk) => {
    err += chunk
  })
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })))
}
