// Loads Pyodide once and writes its memory to standard output, so that runs need not load it again. Argument: the URL of Pyodide.
import { writeSync } from 'node:fs'

const { loadPyodide } = await import(process.argv[2])
const pyodide = await loadPyodide({ _makeSnapshot: true, env: {} })
const bytes = pyodide.makeMemorySnapshot()
for (let at = 0; at < bytes.length; ) {
  try {
    at += writeSync(1, bytes.subarray(at))
  } catch (error) {
    if (error.code !== 'EAGAIN') throw error
  }
}
