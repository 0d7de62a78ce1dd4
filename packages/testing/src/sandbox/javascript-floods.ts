import type { SandboxAttack } from './attack.ts'

const language = 'javascript'
const short = { timeMs: 700 }
const small = { memoryBytes: 64 << 20, timeMs: 10_000 }

const endless = (name: string, program: string): SandboxAttack => ({
  name: `JavaScript never ends: ${name}`,
  threat: 'time',
  language,
  program,
  limits: short,
  outcomes: ['timeout'],
})

const greedy = (name: string, program: string): SandboxAttack => ({
  name: `JavaScript takes half a gigabyte: ${name}`,
  threat: 'memory',
  language,
  program,
  limits: small,
})

const flood = (name: string, program: string): SandboxAttack => ({
  name: `JavaScript floods its output: ${name}`,
  threat: 'output',
  language,
  program,
  limits: { outputBytes: 100_000, timeMs: 10_000 },
  outcomes: ['output'],
})

/** Programs in JavaScript that take too much, and those that reach for the program that runs them. */
export const javascriptFloods: readonly SandboxAttack[] = [
  endless('a loop', 'for (;;) ;'),
  endless('a loop of awaited promises', '(async () => { for (;;) await null })()'),
  endless('timers', 'setInterval(() => {}, 10)'),
  endless('a slow expression', `/^(a+)+$/.test('a'.repeat(60) + 'b')`),
  endless('a loop that catches everything', 'for (;;) { try { for (;;) ; } catch {} finally { continue } }'),
  endless(
    'a sort that never agrees',
    'for (;;) Array.from({ length: 1e5 }, (_, at) => at).sort(() => Math.random() - 0.5)',
  ),
  greedy(
    'objects',
    "const all = []; for (let at = 0; at < 2 ** 22; at++) all.push({ at, more: [at, at, at] }); console.log('ESCAPED')",
  ),
  greedy(
    'buffers',
    "const all = []; for (let at = 0; at < 32; at++) all.push(new Uint8Array(2 ** 24).fill(1)); console.log('ESCAPED')",
  ),
  greedy(
    'shared buffers',
    "const all = []; for (let at = 0; at < 32; at++) all.push(new Uint8Array(new SharedArrayBuffer(2 ** 24)).fill(1)); console.log('ESCAPED')",
  ),
  greedy(
    'memory of WebAssembly',
    "const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536 }); for (let at = 0; at < 32; at++) { memory.grow(256); new Uint8Array(memory.buffer).fill(1) } console.log('ESCAPED')",
  ),
  greedy(
    'long texts',
    "const all = []; for (let at = 0; at < 512; at++) all.push(JSON.parse(JSON.stringify('x'.repeat(2 ** 20) + at))); console.log('ESCAPED')",
  ),
  greedy(
    'a bomb of compressed zeros',
    "const zlib = require('zlib'); const all = []; const bomb = zlib.deflateRawSync(Buffer.alloc(2 ** 24)); for (let at = 0; at < 32; at++) all.push(zlib.inflateRawSync(bomb)); console.log('ESCAPED')",
  ),
  flood('lines', "for (;;) console.log('x'.repeat(1000))"),
  flood('errors', "for (;;) console.error('x'.repeat(1000))"),
  flood('one great text', "console.log('x'.repeat(2 ** 24)); setTimeout(() => {}, 1e6)"),
]
