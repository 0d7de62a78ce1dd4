// What a program finds in QuickJS beside the language: the console, timers, its arguments, its own files. Evaluated inside, before the program.
// `host` has the only functions that reach out: write(descriptor, text), exit(code), now(), read(path), input(), and compile(path) for CommonJS.
;(host, { args, entry }) => {
  const { write, exit, now, read, input, compile } = host

  const quoted = (value) => (typeof value === 'string' ? JSON.stringify(value) : shown(value))
  function shown(value, depth = 0) {
    if (typeof value === 'string') return value
    if (typeof value === 'bigint') return `${value}n`
    if (typeof value === 'function') return `[Function: ${value.name || '(anonymous)'}]`
    if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : String(value)
    if (value instanceof Error) return described(value)
    if (depth > 2) return Array.isArray(value) ? '[Array]' : '[Object]'
    const inner = (one) => (typeof one === 'string' ? quoted(one) : shown(one, depth + 1))
    if (Array.isArray(value)) return value.length === 0 ? '[]' : `[ ${value.map(inner).join(', ')} ]`
    if (value instanceof Map)
      return `Map(${value.size}) {${[...value].map(([key, one]) => ` ${inner(key)} => ${inner(one)}`).join(',')} }`
    if (value instanceof Set) return `Set(${value.size}) {${[...value].map((one) => ` ${inner(one)}`).join(',')} }`
    const pairs = Object.entries(value).map(([key, one]) => `${key}: ${inner(one)}`)
    return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`
  }
  function described(error) {
    try {
      if (!(error instanceof Error)) return `Uncaught ${shown(error)}`
      const head = `${error.name}: ${error.message}`
      return error.stack ? `${head}\n${error.stack.trimEnd()}` : head
    } catch {
      return 'Uncaught error that can not be shown'
    }
  }

  const line = (values) => `${values.map((value) => shown(value)).join(' ')}\n`
  const say =
    (descriptor) =>
    (...values) =>
      write(descriptor, line(values))
  const log = say(1)
  const warn = say(2)
  const assert = (truth, ...values) => {
    if (!truth) warn(`Assertion failed${values.length > 0 ? ':' : ''}`, ...values)
  }
  globalThis.console = { log, info: log, debug: log, table: log, dir: log, warn, error: warn, trace: warn, assert }

  let count = 0
  const timers = new Map()
  const later =
    (repeats) =>
    (task, delay, ...values) => {
      const every = Math.max(1, Number(delay) || 0)
      timers.set(++count, { at: now() + every, every: repeats ? every : undefined, run: () => task(...values) })
      return count
    }
  const cancel = (id) => void timers.delete(id)
  Object.assign(globalThis, {
    setTimeout: later(false),
    setInterval: later(true),
    setImmediate: (task, ...values) => later(false)(task, 0, ...values),
    clearTimeout: cancel,
    clearInterval: cancel,
    clearImmediate: cancel,
    queueMicrotask: (task) => void Promise.resolve().then(task),
    structuredClone: undefined,
  })

  const end = (code) => {
    exit(code)
    // The engine is interrupted here.
    for (;;);
  }
  const stream = (descriptor) => ({
    write(text) {
      write(descriptor, String(text))
      return true
    },
  })
  const process = {
    argv: ['quickjs', entry, ...args],
    env: {},
    exitCode: undefined,
    exit: (code) => end(Number(code ?? process.exitCode ?? 0)),
    cwd: () => '/program',
    nextTick: (task, ...values) => queueMicrotask(() => task(...values)),
    stdout: stream(1),
    stderr: stream(2),
  }
  globalThis.process = process

  const missing = (path) => Object.assign(new Error(`Cannot find ${path} in this sandbox.`), { code: 'ENOENT' })
  function readFileSync(path) {
    const text = path === 0 || path === '/dev/stdin' ? input() : read(String(path).replace(/^(?:\/program\/|\.\/)/, ''))
    if (text === undefined) throw missing(path)
    return text
  }
  const builtins = {
    fs: { readFileSync, existsSync: (path) => read(String(path)) !== undefined },
    process,
    module: { createRequire: (from) => requireFrom(String(from).replace(/^(?:file:\/\/)?\/program\//, '')) },
  }
  const loaded = new Map()
  const folderOf = (path) => path.slice(0, path.lastIndexOf('/') + 1)
  function found(from, name) {
    const names = []
    for (const part of `${folderOf(from)}${name}`.split('/'))
      if (part === '..') names.pop()
      else if (part !== '.' && part !== '') names.push(part)
    const path = names.join('/')
    return [path, `${path}.js`, `${path}.cjs`, `${path}.json`, `${path}/index.js`].find(
      (one) => read(one) !== undefined,
    )
  }
  const requireFrom = (from) => (name) => {
    const builtin = builtins[String(name).replace(/^node:/, '')]
    if (builtin) return builtin
    const path = /^\.\.?\//.test(name) ? found(from, name) : undefined
    if (path === undefined) throw Object.assign(missing(`module '${name}'`), { code: 'MODULE_NOT_FOUND' })
    if (loaded.has(path)) return loaded.get(path).exports
    const module = { exports: {} }
    loaded.set(path, module)
    if (path.endsWith('.json')) module.exports = JSON.parse(read(path))
    else compile(path).call(module.exports, module.exports, requireFrom(path), module, `/program/${path}`, '/program')
    return module.exports
  }

  return {
    builtins,
    described,
    require: requireFrom(''),
    exitCode: () => Number(process.exitCode ?? 0),
    next: () => (timers.size === 0 ? -1 : Math.max(0, Math.min(...[...timers.values()].map(({ at }) => at)) - now())),
    fire() {
      for (const [id, timer] of [...timers].sort(([, one], [, other]) => one.at - other.at)) {
        if (!timers.has(id) || timer.at > now()) continue
        if (timer.every === undefined) timers.delete(id)
        else timer.at = now() + timer.every
        timer.run()
        return
      }
    },
  }
}
