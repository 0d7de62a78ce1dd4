import type { SandboxAttack } from './attack.ts'

const language = 'python'

const endless = (name: string, program: string): SandboxAttack => ({
  name: `Python never ends: ${name}`,
  threat: 'time',
  language,
  program,
  limits: { timeMs: 1_000 },
  outcomes: ['timeout'],
})

const greedy = (name: string, program: string): SandboxAttack => ({
  name: `Python takes half a gigabyte: ${name}`,
  threat: 'memory',
  language,
  program,
  limits: { memoryBytes: 64 << 20, timeMs: 15_000 },
})

const flood = (name: string, program: string): SandboxAttack => ({
  name: `Python floods its output: ${name}`,
  threat: 'output',
  language,
  program,
  limits: { outputBytes: 100_000, timeMs: 15_000 },
  outcomes: ['output'],
})

const host = (name: string, program: string, more: Partial<SandboxAttack> = {}): SandboxAttack => ({
  name: `Python and the program that runs it: ${name}`,
  threat: 'host',
  language,
  program,
  limits: { timeMs: 2_000 },
  ...more,
})

/** Programs in Python that take too much, and those that reach for the program that runs them. */
export const pythonFloods: readonly SandboxAttack[] = [
  endless('a loop', 'while True: pass'),
  endless('one operation in C', 'x = 7 ** (10 ** 9)'),
  endless('a slow expression', "import re\nre.match(r'^(a+)+$', 'a' * 60 + 'b')"),
  endless(
    'a loop that catches everything',
    'while True:\n    try:\n        while True: pass\n    except BaseException: pass',
  ),
  endless(
    'signals that are ignored',
    'import signal\nfor one in range(1, 65):\n    try: signal.signal(one, signal.SIG_IGN)\n    except BaseException: pass\nwhile True: pass',
  ),
  greedy('bytes', "all = [bytearray(b'x') * (1 << 24) for _ in range(32)]\nprint('ESC' + 'APED')"),
  greedy('one array', "all = b'x' * (1 << 29)\nprint('ESC' + 'APED')"),
  greedy('objects', "all = [[at] for at in range(3 << 21)]\nprint('ESC' + 'APED')"),
  greedy(
    'a shared mapping',
    "import mmap\nall = mmap.mmap(-1, 1 << 29)\nfor at in range(0, 1 << 29, 4096): all[at] = 1\nprint('ESC' + 'APED')",
  ),
  greedy(
    'a file in memory',
    "import os\nfd = os.memfd_create('x')\nfor _ in range(32): os.write(fd, b'x' * (1 << 24))\nprint('ESC' + 'APED')",
  ),
  greedy(
    'files in folders that are memory',
    "import os\nfor name in ['/dev/shm/x', '/tmp/x', '/x', 'x']:\n    try:\n        with open(name, 'wb') as file:\n            for _ in range(32): file.write(b'x' * (1 << 24))\n        print('ESC' + 'APED')\n    except (OSError, MemoryError): pass\n    try: os.remove(name)\n    except OSError: pass",
  ),
  greedy(
    'a bomb of compressed zeros',
    "import zlib\nbomb = zlib.compress(bytes(1 << 24))\nall = [zlib.decompress(bomb) for _ in range(32)]\nprint('ESC' + 'APED')",
  ),
  flood('lines', "while True: print('x' * 1000)"),
  flood('errors', "import sys\nwhile True: sys.stderr.write('x' * 1000 + '\\n')"),
  flood('bytes', 'import os\nwhile True: os.write(1, bytes(range(256)))'),
  host('an exit in the middle', "import os\nprint('before', flush=True)\nos._exit(7)\nprint('after')"),
  host('a crash', 'import ctypes\nctypes.string_at(0)'),
  host(
    'recursion without end',
    'import sys\nsys.setrecursionlimit(10 ** 9)\ndef down(): return down() + down()\ndown()',
  ),
  host(
    'a million threads',
    'import threading, time\nfor _ in range(1000000): threading.Thread(target=time.sleep, args=(100,)).start()',
  ),
  host(
    'an error that fails when it is shown',
    'class Odd(Exception):\n    def __str__(self): raise Odd()\n    __repr__ = __str__\nraise Odd()',
  ),
  host(
    'builtins, modules and files for the next run',
    `import builtins, sys, os
if hasattr(builtins, 'left') or 'left' in sys.modules or hasattr(os, 'left') or os.path.exists('left.txt') or os.path.exists('/tmp/left') or 'LEFT' in os.environ or 'left' in globals():
    print('ESC' + 'APED')
builtins.left = os.left = left = True
sys.modules['left'] = os
os.environ['LEFT'] = 'left'
for path in ['left.txt', '/tmp/left']:
    try: open(path, 'w').write('left')
    except OSError: pass
builtins.print = builtins.open = builtins.len = None`,
    { again: true },
  ),
]
