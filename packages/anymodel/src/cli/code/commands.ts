import type { Command } from 'commander'
import { collect, toNumber } from '../option-values.ts'

/** What goes on every command that asks a model. */
type WithModel = (command: Command, role: string) => Command

/** `anymodel code ...`. `exit` takes the exit code of a command that has one of its own. */
export function codeCommands(code: Command, withKind: WithModel, exit: (code: number) => void): void {
  code.description('Completes code, edits files, solves tasks with tests, explains and reviews.')
  withKind(code.command('complete'), 'autocomplete, else chat')
    .description('Completes a file at a cursor and prints what belongs there.')
    .argument('<place>', 'file:line or file:line:column, both from 1; without a column the end of the line')
    .option('--context <path>', 'another file that the model should know; repeat for more', collect)
    .option('--max-tokens <number>', "upper bound on the completion's tokens", toNumber)
    .option('--temperature <number>', '0 for the most likely completion', toNumber)
    .option('--write', 'insert it into the file; "anymodel code undo" takes it out again')
    .option('--json', 'print one JSON object: code, cut, finish reason, model')
    .action(async (place: string, _options, command: Command) =>
      (await import('./complete.ts')).complete(place, command.optsWithGlobals()),
    )
  withKind(code.command('edit'), 'code, else chat')
    .description('Edits files as told: shows the difference, asks, and writes all of it or nothing.')
    .argument('<instruction>', 'what to do')
    .argument('<files...>', 'the files that may be edited, below this folder; others may be made')
    .option('-y, --yes', 'write without asking')
    .option('--dry-run', 'show the difference, write nothing')
    .option('--format <name>', 'how the model writes edits; default: what fits it')
    .action(async (instruction: string, files: string[], _options, command: Command) =>
      exit(await (await import('./edit.ts')).edit(instruction, files, command.optsWithGlobals())),
    )
  code
    .command('undo')
    .description('Takes the last edit of this folder back, if the files are still what it made of them.')
    .option('--dry-run', 'show the difference, write nothing')
    .option('--verbose', 'tell everything about errors')
    .action(async (options) => (await import('./undo.ts')).undo(options))
  withKind(code.command('solve'), 'code, else chat')
    .description('Has code written until some passes the tests, in a sandbox, and shows what is known about it.')
    .argument('<task>', 'a file that says what to write')
    .option('--tests <path>', 'a test file, or JSON: a list of { input, output }, or { cases, entryPoint }')
    .option('--language <name>', 'default: that of the files that are named')
    .option('-o, --output <path>', 'where the code goes if it passes; default: the standard output, whatever it is')
    .option('--also <name>', 'another model that writes samples; repeat for more', collect)
    .option('-n, --samples <number>', 'how many programs to ask for', toNumber)
    .option('--repairs <number>', 'how often programs that failed go back with what went wrong', toNumber)
    .option('--max-tokens <number>', "upper bound on each answer's tokens", toNumber)
    .option('--time <duration>', 'what was found until then is the result; default: 5m')
    .option('--json', 'print one JSON object: code, passed, evidence')
    .action(async (task: string, _options, command: Command) =>
      exit(await (await import('./solve.ts')).solve(task, command.optsWithGlobals())),
    )
  withKind(code.command('explain'), 'code, else chat')
    .description('Explains a file: what it does, and its stretches of lines.')
    .argument('<file>', 'the file')
    .option('--question <text>', 'what is to be explained')
    .option('--json', 'print one JSON object')
    .action(async (file: string, _options, command: Command) =>
      (await import('./read.ts')).explain(file, command.optsWithGlobals()),
    )
  withKind(code.command('review'), 'code, else chat')
    .description('Reviews files: what is wrong in them, the worst first.')
    .argument('<files...>', 'the files')
    .option('--focus <text>', 'what to look for')
    .option('--json', 'print one JSON object')
    .action(async (files: string[], _options, command: Command) =>
      (await import('./read.ts')).review(files, command.optsWithGlobals()),
    )
}
