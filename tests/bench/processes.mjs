// The processes of a benchmark: one upstream, and one process per client.
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const path = (name) => fileURLToPath(new URL(name, import.meta.url))

// Nothing of the user's environment but where programs are: keys, proxies and tracing must not change what is measured.
const env = {
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  NODE_ENV: 'production',
  NO_COLOR: '1',
  GENKIT_ENV: 'prod',
  LANGSMITH_TRACING: 'false',
}

const firstMessage = (child, what) =>
  new Promise((resolve, reject) => {
    child.once('message', resolve)
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`${what} ended with code ${code} before it was ready.`)))
  })

/** Starts the service on loopback. */
export async function startUpstream() {
  const child = fork(path('upstream.mjs'), [], { env, execArgv: [] })
  const { origin } = await firstMessage(child, 'The upstream')
  child.removeAllListeners('exit')
  return {
    /** A base URL that says what to answer. */
    url: (settings) =>
      `${origin}/${Object.entries(settings)
        .map((pair) => pair.join('='))
        .join(',')}`,
    stop: () => child.kill(),
  }
}

/** Starts a client; `call` runs one task at a time. */
export const startClient = ({ file, wire, folder = '' }, execArgv = []) =>
  startProcess('client.mjs', [path(`clients/${file}.mjs`), wire, folder], { name: file, execArgv })

/** Starts a program that takes tasks as `client.mjs` does. */
export async function startProcess(program, args, { name, execArgv = [], env: more = {} }) {
  const child = fork(path(program), args, {
    env: { ...env, ...more },
    execArgv,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let words = ''
  child.stderr.on('data', (text) => {
    words = (words + text).slice(-2_000)
  })
  let settle
  child.on('exit', (code) => settle?.reject(new Error(`${name} ended with code ${code}. ${words}`)))
  child.on('message', ({ value, error }) =>
    error ? settle?.reject(new Error(`${name}: ${error}`)) : settle?.resolve(value),
  )
  const message = () => new Promise((resolve, reject) => (settle = { resolve, reject }))
  await message()
  return {
    call(task, args) {
      const answer = message()
      child.send({ task, args })
      return answer
    },
    stop() {
      child.removeAllListeners('exit')
      child.kill('SIGKILL')
    },
  }
}
