// Installs the packed packages with plain npm in an empty folder and runs programs on them, as a stranger's application would. `pnpm check:install`
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packAll } from './pack.mjs'

/** Programs to run there, and what each has to print. */
const programs = {
  'a mock model answers': {
    prints: 'Hello',
    code: `
      import { generateText } from '@anymodel/core'
      import { mockModel } from '@anymodel/testing'
      console.log((await generateText({ model: mockModel('Hello'), prompt: 'Hi' })).text)`,
  },
  'a hosted model streams from a service': {
    prints: 'Hello from there',
    code: `
      import { streamText } from '@anymodel/core'
      import { groq } from '@anymodel/providers/groq'
      import { modelServer } from '@anymodel/testing'
      const server = await modelServer(() => 'Hello from there')
      const model = groq({ apiKey: 'test', baseURL: server.url + '/v1' }).text('some-model')
      let text = ''
      for await (const piece of streamText({ model, prompt: 'Hi' }).textStream) text += piece
      console.log(text)
      await server.close()`,
  },
  'the built-in model answers without a config': {
    prints: 'true',
    code: `
      import { anymodel } from 'anymodel'
      const ai = await anymodel()
      const { text } = await ai.generateText({ model: 'chat', prompt: 'Hi', maxTokens: 5 })
      console.log(text.length > 0)
      await ai.close?.()`,
  },
  'the built-in embedding model gives vectors': {
    prints: '384',
    code: `
      import { anymodel } from 'anymodel'
      const ai = await anymodel()
      const { embedding } = await ai.embed({ model: 'embedding', value: 'Hi' })
      console.log(embedding.length)
      await ai.close()`,
  },
}

const folder = mkdtempSync(join(tmpdir(), 'anymodel-install-'))
const app = join(folder, 'app')
mkdirSync(app)
const run = (program, args) =>
  execFileSync(program, args, { cwd: app, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
try {
  const tarballs = packAll(folder).map(({ file }) => file)
  writeFileSync(join(app, 'package.json'), '{ "private": true, "type": "module" }')
  // The runtime's own script fetches GPU files from elsewhere; what the CPU needs is in the package.
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts', ...tarballs])
  for (const [name, { code, prints }] of Object.entries(programs)) {
    writeFileSync(join(app, 'program.mjs'), code)
    const printed = run(process.execPath, ['program.mjs']).trim()
    if (printed !== prints) throw new Error(`${name}: printed "${printed}", not "${prints}".`)
    console.log(`ok  ${name}`)
  }
  console.log(`ok  npx anymodel --version: ${run('npx', ['anymodel', '--version']).trim()}`)
} finally {
  rmSync(folder, { recursive: true })
}
