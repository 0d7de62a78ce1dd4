import type { Json } from '@anymodel/core'
import type { TestProgram } from './code-tests.ts'
import { type Assembly, beside, type Candidate, type Program } from './program.ts'

/** What writes records, before anything of the code runs. */
const recorder = (mark: string) => `import json, sys
_out, _text = sys.stdout, json.dumps
def _say(**record):
    _out.write("\\n" + ${JSON.stringify(mark)} + _text(record) + "\\n")
    _out.flush()
`

const runner = (module: string, names: readonly string[], mark: string) => `${recorder(mark)}
import ${module} as tests
_failed = False
for _name in ${JSON.stringify(names)}:
    try:
        getattr(tests, _name)()
        _say(name=_name, passed=True)
    except Exception as error:
        _failed = True
        _say(name=_name, passed=False, message=(type(error).__name__ + ": " + str(error))[:1000])
if "unittest" in sys.modules:
    import unittest
    class _Result(unittest.TestResult):
        def startTest(self, test):
            super().startTest(test)
            self.bad = None
        def addError(self, test, error):
            super().addError(test, error)
            self.bad = error
        def addFailure(self, test, error):
            super().addFailure(test, error)
            self.bad = error
        def addSubTest(self, test, subtest, error):
            super().addSubTest(test, subtest, error)
            self.bad = self.bad or error
        def stopTest(self, test):
            super().stopTest(test)
            bad = self.bad
            message = "" if bad is None else (bad[0].__name__ + ": " + str(bad[1]))[:1000]
            _say(name=test.id().split(".", 1)[-1], passed=bad is None, message=message)
    _result = _Result()
    unittest.defaultTestLoader.loadTestsFromModule(tests).run(_result)
    _failed = _failed or not _result.wasSuccessful()
    for _test, _trace in _result.errors + _result.failures:
        sys.stderr.write(_trace)
_say(done=True)
if _failed:
    sys.exit(1)
`

const solutionImport = /^\s*(?:from\s+solution\s+import|import\s+solution)\b/m

function tests(code: Candidate, { text, files = [] }: TestProgram, mark: string): Program {
  const names = [...text.matchAll(/^def (test\w*)\(\s*\)/gm)].map(([, name]) => name as string)
  const pieces = solutionImport.test(text)
    ? [
        { path: 'solution_tests.py', text },
        { path: 'solution.py', text: code.code },
      ]
    : [{ path: 'solution_tests.py', text: `${code.code}\n\n${text}` }]
  const entry = { path: 'main.py', text: runner('solution_tests', names, mark) }
  return { files: beside(code, [entry, ...pieces, ...files]), entry: entry.path }
}

/** Values as JSON that tells apart what JSON has no words for. */
const plain = `def _plain(value):
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2 ** 53 else {"$bigint": str(value)}
    if isinstance(value, float):
        return value if value - value == 0 else {"$number": str(value)}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return {"$set": sorted((_plain(item) for item in value), key=_text)}
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return {"$other": type(value).__name__ + " " + str(value).split(" at 0x")[0]}
`

const calls = (code: Candidate, entryPoint: string, inputs: readonly (readonly Json[])[], mark: string): Program => {
  const text = `${recorder(mark)}${plain}
import program
for _index, _input in enumerate(json.loads(${JSON.stringify(JSON.stringify(inputs))})):
    try:
        _value = program.${entryPoint}(*_input)
        if hasattr(_value, "__await__"):
            import asyncio
            _value = asyncio.run(_value)
        _say(index=_index, value=_plain(_value))
    except Exception as error:
        _say(index=_index, error=type(error).__name__, message=str(error)[:1000])
_say(done=True)
`
  return {
    files: beside(code, [
      { path: 'main.py', text },
      { path: 'program.py', text: code.code },
    ]),
    entry: 'main.py',
  }
}

const script = (code: Candidate): Program => ({
  files: beside(code, [{ path: 'program.py', text: code.code }]),
  entry: 'program.py',
})

/** Programs in Python. */
export const pythonAssembly: Assembly = { tests, calls, script }
