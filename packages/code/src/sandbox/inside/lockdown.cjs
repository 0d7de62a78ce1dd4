// Loaded before a program in Node: takes away what Node's permissions leave open. It is the second wall; the first is what `holds` names.
'use strict'
const { syncBuiltinESMExports } = require('node:module')

const closed = [
  'child_process',
  'cluster',
  'dgram',
  'dns',
  'dns/promises',
  'http',
  'http2',
  'https',
  'inspector',
  'inspector/promises',
  'net',
  'repl',
  'tls',
  'trace_events',
  'wasi',
  'worker_threads',
]

const refuse = (name) =>
  function refused() {
    throw Object.assign(new Error(`${name} is not there in this sandbox.`), { code: 'ERR_ACCESS_DENIED' })
  }

// The streams of the process are made while their modules are whole.
void [process.stdin, process.stdout, process.stderr]
const net = require('node:net')
net.Socket.prototype.connect = refuse('net')
net.Server.prototype.listen = refuse('net')

for (const name of closed) {
  const exported = require(`node:${name}`)
  for (const key of Object.keys(exported)) {
    const { configurable, writable } = Object.getOwnPropertyDescriptor(exported, key)
    if (typeof exported[key] === 'function' && (configurable || writable))
      Object.defineProperty(exported, key, { value: refuse(name), configurable: true, writable: true })
  }
}
syncBuiltinESMExports()

for (const name of ['fetch', 'WebSocket', 'EventSource']) delete globalThis[name]
for (const name of ['kill', '_kill', '_debugProcess', '_debugEnd', '_startProfilerIdleNotifier', 'dlopen', 'chdir'])
  if (name in process) process[name] = refuse(`process.${name}`)
