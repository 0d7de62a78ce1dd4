import type { SandboxAttack } from './attack.ts'

const host = (name: string, program: string, more: Partial<SandboxAttack> = {}): SandboxAttack => ({
  name: `JavaScript and the program that runs it: ${name}`,
  threat: 'host',
  language: 'javascript',
  program,
  ...more,
})

/** Programs that reach for the one that runs them. */
export const javascriptHost: readonly SandboxAttack[] = [
  host(
    'poisoned prototypes',
    `if ({}.anymodelPoisoned) console.log('ESC' + 'APED')
for (const made of [Object, Array, Function, String, Promise, Error, Map]) made.prototype.anymodelPoisoned = true
Array.prototype.push = Array.prototype.map = () => { throw 1 }
JSON.stringify = JSON.parse = () => 'ESC' + 'APED'
Object.defineProperty(Object.prototype, 'then', { get() { return undefined } })
Object.defineProperty(Object.prototype, 'outcome', { value: 'ESC' + 'APED', writable: true })
console.log('done')`,
    { again: true },
  ),
  host(
    'constructors of constructors',
    `if (globalThis.anymodelPoisoned || {}.anymodelPoisoned) console.log('ESC' + 'APED')
const made = [this, globalThis, console.log, (async () => {}), (function* () {}), new Error(), [], Promise.resolve(), typeof process === 'object' ? process : {}]
for (const one of made) {
  try {
    const all = one.constructor.constructor('return globalThis')()
    all.anymodelPoisoned = true
    all.Object.prototype.anymodelPoisoned = true
    if (all.expect || all.__vitest_worker__) console.log('ESC' + 'APED')
  } catch {}
}
console.log('done')`,
    { again: true },
  ),
  host(
    'errors that run code when they are read',
    `Error.prepareStackTrace = (error, sites) => { try { sites[0].getThis().anymodelPoisoned = true; sites[0].getFunction().constructor('this.anymodelPoisoned = true')() } catch {} return 'stack' }
const deep = () => { try { deep() } catch (error) { try { error.constructor.constructor('return this')().Object.prototype.anymodelPoisoned = true } catch {} throw error } }
try { deep() } catch {}
throw { toString() { throw { toString() { throw 1 } } }, get stack() { throw 2 }, get message() { for (;;) ; } }`,
    { limits: { timeMs: 1_500 } },
  ),
  host(
    'a proxy as an error',
    "throw new Proxy({}, { get() { throw new Error('trap') }, ownKeys() { throw 1 }, getPrototypeOf() { throw 2 } })",
  ),
  host(
    'an exit in the middle',
    "console.log('before'); if (typeof process === 'object') process.exit(7); console.log('after')",
  ),
  host('an abort', "if (typeof process === 'object') process.abort()"),
  host(
    'a rejection that nobody handles',
    "Promise.reject(new Error('nobody')); setTimeout(() => console.log('later'), 50)",
    {
      outcomes: ['exited'],
    },
  ),
  host('an error in a timer', "setTimeout(() => { throw new Error('late') }, 10)", { outcomes: ['exited'] }),
  host('recursion without end', 'const down = () => [down(), down()]; down()'),
  host(
    'files and globals for the next run',
    `let fs
try { fs = require('fs') } catch {}
for (const path of ['left', '/tmp/anymodel-left', '/dev/shm/anymodel-left']) {
  try { fs.readFileSync(path); console.log('ESC' + 'APED') } catch {}
  try { fs.writeFileSync(path, 'left') } catch {}
}
if (globalThis.left) console.log('ESC' + 'APED')
globalThis.left = true
console.log('done')`,
    { again: true },
  ),
  host(
    'bytes that are no text',
    "if (typeof process === 'object') for (let at = 0; at < 256; at++) process.stdout.write(typeof Buffer === 'function' ? Buffer.from([at, 255 - at]) : String.fromCharCode(at))",
  ),
]
