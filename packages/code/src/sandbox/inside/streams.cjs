// Loaded before a program in Node, whose output goes to a socket: there it would be kept in memory, and lost by an exit, when the host is slow to read.
'use strict'
for (const { _handle } of [process.stdout, process.stderr]) _handle?.setBlocking?.(true)
