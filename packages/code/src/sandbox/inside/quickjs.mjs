// A worker thread that runs programs in QuickJS (WebAssembly), each in an engine of its own.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { setTimeout as wait } from 'node:timers/promises'
import { Script } from 'node:vm'
import { parentPort } from 'node:worker_threads'
import quickjs from '@jitl/quickjs-ng-wasmfile-release-sync'
import { init, parse } from 'es-module-lexer'
import { newQuickJSWASMModuleFromVariant, newVariant } from 'quickjs-emscripten-core'

await init
const { resolve } = createRequire(import.meta.url)
const wasmModule = new WebAssembly.Module(readFileSync(resolve('@jitl/quickjs-ng-wasmfile-release-sync/wasm')))
const guest = readFileSync(new URL('quickjs-guest.js', import.meta.url), 'utf8')

parentPort.on('message', async (run) => parentPort.postMessage(await ran(run)))

async function ran(run) {
  const state = {
    cut: undefined,
    code: undefined,
    deadline: performance.now() + run.limits.timeMs,
    left: run.limits.outputBytes,
    stdout: [],
    stderr: [],
  }
  try {
    const variant = newVariant(quickjs, { wasmModule, wasmMemory: memoryOf(run.limits) })
    const engine = await newQuickJSWASMModuleFromVariant(variant)
    await inEngine(engine, run, state)
  } catch (error) {
    // The engine itself failed: its stack or its memory ran over.
    if (state.code === undefined && state.cut === undefined) failed(state, String(error))
  }
  const text = (chunks) => new TextDecoder().decode(Buffer.concat(chunks))
  return { cut: state.cut, code: state.code ?? 1, stdout: text(state.stdout), stderr: text(state.stderr) }
}

/** All memory that an engine can have: its own limit does not count buffers. The build's bounds are 16 MiB to begin with and 2 GiB. */
function memoryOf({ memoryBytes }) {
  const pages = Math.ceil(memoryBytes / 65_536)
  return new WebAssembly.Memory({ initial: 256, maximum: Math.min(32_768, 256 + pages) })
}

const stopped = ({ cut, code }) => cut !== undefined || code !== undefined

function failed(state, message) {
  write(state, 2, `${message}\n`)
  state.code = 1
}

function write(state, descriptor, text) {
  if (stopped(state)) return
  const bytes = Buffer.from(text)
  const kept = bytes.subarray(0, state.left)
  state.left -= kept.length
  state[descriptor === 1 ? 'stdout' : 'stderr'].push(kept)
  if (kept.length < bytes.length) state.cut = 'output'
}

async function inEngine(engine, run, state) {
  const runtime = engine.newRuntime()
  runtime.setMemoryLimit(run.limits.memoryBytes)
  runtime.setMaxStackSize(256 << 10)
  runtime.setInterruptHandler(() => {
    if (!stopped(state) && performance.now() > state.deadline) state.cut = 'timeout'
    return stopped(state)
  })
  const context = runtime.newContext()
  const files = new Map(run.files.map(({ path, text }) => [path, text]))
  const inside = prepared(context, run, files, state)
  runtime.setModuleLoader(
    (path) => moduleText(path, files),
    (base, name) => moduleName(base, name, files),
  )
  const call = (name) => context.callFunction(context.getProp(inside, name), context.undefined)
  const check = (result) => {
    if (!result.error) return result.value
    const told = context.callFunction(context.getProp(inside, 'described'), context.undefined, result.error)
    if (!stopped(state)) failed(state, told.error ? 'Uncaught error' : context.getString(told.value))
  }
  const main = started(context, inside, run, files, check)
  while (!stopped(state)) {
    check(runtime.executePendingJobs())
    if (stopped(state)) return
    rejected(context, main, check)
    const delay = context.getNumber(call('next').value ?? context.newNumber(-1))
    if (delay < 0 || stopped(state)) break
    await wait(Math.min(delay, Math.max(0, state.deadline - performance.now())))
    if (performance.now() > state.deadline) state.cut = 'timeout'
    else check(call('fire'))
  }
  if (!stopped(state)) state.code = unfinished(context, main) ? 13 : context.getNumber(call('exitCode').value)
}

/** Gives the guest its functions. */
function prepared(context, run, files, state) {
  const host = context.newObject()
  const text = (value) => (value === undefined ? context.undefined : context.newString(value))
  const functions = {
    write: (descriptor, value) => write(state, context.getNumber(descriptor), context.getString(value)),
    exit: (code) => {
      state.code ??= context.getNumber(code) & 255
    },
    now: () => context.newNumber(performance.now()),
    read: (path) => text(files.get(context.getString(path))),
    input: () => text(run.stdin),
    compile: (path) => {
      const name = context.getString(path)
      return context.evalCode(
        `(function (exports, require, module, __filename, __dirname) {${files.get(name)}\n})`,
        name,
      )
    },
  }
  for (const [name, body] of Object.entries(functions)) context.setProp(host, name, context.newFunction(name, body))
  const make = context.unwrapResult(context.evalCode(guest, 'guest.js'))
  const given = JSON.stringify({ args: run.args, entry: run.entry })
  const settings = context.unwrapResult(context.evalCode(`(${given})`, 'settings.js'))
  const inside = context.unwrapResult(context.callFunction(make, context.undefined, host, settings))
  // The modules of a program find it by a name that no program knows.
  context.setProp(context.global, secret, inside)
  return inside
}

const secret = `$${crypto.randomUUID()}`

function started(context, inside, run, files, check) {
  const text = files.get(run.entry)
  if (isModule(run.entry, text)) return check(context.evalCode(text, run.entry, { type: 'module' }))
  const require = context.getProp(inside, 'require')
  check(context.callFunction(require, context.undefined, context.newString(`./${run.entry}`)))
  return undefined
}

/** A module's promise: its error is the program's. */
function rejected(context, main, check) {
  const state = main && context.getPromiseState(main)
  if (state?.type === 'rejected') check({ error: state.error })
}

const unfinished = (context, main) => main !== undefined && context.getPromiseState(main).type === 'pending'

function isModule(path, text) {
  if (!/\.c?js$/.test(path)) return path.endsWith('.mjs')
  if (path.endsWith('.cjs')) return false
  try {
    return parse(text, path)[3] || (/\bawait\b/.test(text) && !isScript(text))
  } catch {
    return false
  }
}

/** As Node tells: what has `await` where only a module may is one. Nothing is run here. */
function isScript(text) {
  try {
    new Script(`(function () {${text}\n})`)
    return true
  } catch {
    return false
  }
}

const builtins = { fs: ['readFileSync', 'existsSync'], process: ['argv', 'env', 'exit'], module: ['createRequire'] }

function moduleName(base, name, files) {
  const builtin = name.replace(/^node:/, '')
  if (Object.hasOwn(builtins, builtin)) return `node:${builtin}`
  const path = new URL(name, `file:///${base}`).pathname.slice(1)
  if (!/^\.\.?\//.test(name) || !files.has(path)) return `missing:${name}`
  return path
}

/** What QuickJS imports: a module as it is; all else by the guest's `require`. */
function moduleText(path, files) {
  const own = `globalThis[${JSON.stringify(secret)}]`
  const builtin = path.replace(/^node:/, '')
  if (builtin !== path) {
    const names = builtins[builtin].map((name) => `export const ${name} = all.${name}`)
    return `const all = ${own}.builtins.${builtin}\nexport default all\n${names.join('\n')}`
  }
  if (path.startsWith('missing:')) return { error: new Error(`Cannot find module '${path.slice(8)}' in this sandbox.`) }
  const text = files.get(path)
  return isModule(path, text) ? text : `export default ${own}.require(${JSON.stringify(`./${path}`)})`
}
