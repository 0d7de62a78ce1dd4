// Runs one program in Pyodide, in a process of Node that has no permissions. Argument: { url, folder, files, entry, args } in JSON; descriptor 3: a snapshot, or nothing.
import { constants, readFileSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

const { url, folder, files, entry, args } = JSON.parse(process.argv[2])
const snapshot = readFileSync(3)
const input = readFileSync(0)
// Emscripten takes them from Node's own bindings, which are closed here.
process.binding = () => ({ fs: constants })
const { loadPyodide } = await import(url)
const pyodide = await loadPyodide({
  ...(snapshot.length > 0 ? { _loadSnapshot: snapshot } : {}),
  env: {},
  jsglobals: Object.create(null),
})

function write(descriptor, bytes) {
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at)
  return bytes.length
}
let read = 0
pyodide.setStdout({ write: (bytes) => write(1, bytes) })
pyodide.setStderr({ write: (bytes) => write(2, bytes) })
pyodide.setStdin({
  read(buffer) {
    const count = input.copy(buffer, 0, read)
    read += count
    return count
  },
})

pyodide.FS.mkdirTree('/program')
for (const path of files) {
  pyodide.FS.mkdirTree(dirname(`/program/${path}`))
  pyodide.FS.writeFile(`/program/${path}`, readFileSync(`${folder}/${path}`))
}

// The ways to JavaScript are closed too, though there is nothing to be had behind them.
const program = `
import os, posix, sys, traceback, types
def system(command):
    raise OSError(138, 'emscripten does not support processes.')
def run(entry, args):
    sys.meta_path[:] = [one for one in sys.meta_path if 'yodide' not in type(one).__module__]
    for name in [*sys.modules]:
        if name in ('js', 'pyodide_js', '_pyodide_core') or name.split('.')[0] in ('pyodide', '_pyodide'):
            sys.modules[name] = None
    posix.system = os.system = system
    os.environ.clear()
    os.environ.update({'HOME': '/program', 'LANG': 'C.UTF-8'})
    os.chdir('/program')
    sys.path.insert(0, os.path.dirname('/program/' + entry))
    sys.argv = [entry, *args]
    main = sys.modules['__main__'] = types.ModuleType('__main__')
    main.__file__ = entry
    try:
        with open(entry, 'rb') as file:
            code = compile(file.read(), entry, 'exec')
        exec(code, main.__dict__)
        status = 0
    except SystemExit as error:
        status = error.code
        if isinstance(status, str):
            sys.stderr.write(status + '\\n')
        status = status & 255 if isinstance(status, int) else 0 if status is None else 1
    except BaseException as error:
        traceback.print_exception(error.with_traceback(error.__traceback__.tb_next))
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    return status
run
`

try {
  const run = pyodide.runPython(program)
  // Only where WebAssembly can wait can Python's event loop.
  process.exit('Suspending' in WebAssembly ? await run.callPromising(entry, args) : run(entry, args))
} catch (error) {
  if (error?.name === 'ExitStatus' || error?.constructor?.name === 'Exit') process.exit(error.status)
  write(2, Buffer.from(`${error}\n`))
  // The interpreter died: memory, its stack.
  process.abort()
}
