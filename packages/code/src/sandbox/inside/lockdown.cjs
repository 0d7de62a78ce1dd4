// Loaded before a program in Node: takes away what Node's permissions leave open. It is the second wall; the first is what `holds` names.
'use strict'
const { isBuiltin, syncBuiltinESMExports } = require('node:module')

const closed = [
  'child_process',
  'cluster',
  'dgram',
  'dns',
  'dns/promises',
  'inspector',
  'inspector/promises',
  'net',
  'trace_events',
  'wasi',
  'worker_threads',
]

const refuse = (name) =>
  function refused() {
    throw Object.assign(new Error(`${name} is not there in this sandbox.`), { code: 'ERR_ACCESS_DENIED' })
  }

const net = require('node:net')
// HTTP and TLS connect by these.
net.Socket.prototype.connect = refuse('net')
net.Server.prototype.listen = refuse('net')
// The streams of the process are made of it.
const kept = new Set([net.Socket])

// It opens files past Node's permissions.
if (isBuiltin('node:sqlite')) closed.push('sqlite')

const modules = closed.map((name) => [name, require(`node:${name}`)])
for (const [name, exported] of modules) {
  for (const key of Object.keys(exported)) {
    const { configurable, writable } = Object.getOwnPropertyDescriptor(exported, key)
    if (typeof exported[key] === 'function' && !kept.has(exported[key]) && (configurable || writable))
      Object.defineProperty(exported, key, { value: refuse(name), configurable, writable, enumerable: true })
  }
}
syncBuiltinESMExports()

for (const name of ['fetch', 'WebSocket', 'EventSource']) delete globalThis[name]
for (const name of ['kill', '_kill', '_debugProcess', '_debugEnd', '_startProfilerIdleNotifier', 'dlopen', 'chdir'])
  if (name in process) process[name] = refuse(`process.${name}`)
