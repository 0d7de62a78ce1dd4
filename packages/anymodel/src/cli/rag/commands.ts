import { type Command, Option } from 'commander'
import { collect, toNumber } from '../option-values.ts'

/** What goes on every command that asks a model. */
type WithModel = (command: Command, role: string) => Command

const withStore = (command: Command): Command =>
  command.option('--store <path>', 'the SQLite file with the documents; default: .anymodel/knowledge.db')

const withSearch = (command: Command): Command =>
  withStore(command)
    .addOption(new Option('--mode <name>', 'how to search; default: hybrid').choices(['text', 'vector', 'hybrid']))
    .option('--embedding <name>', 'role or model of the vectors; default: the role embedding, else the built-in one')

/** `anymodel index`, `ask` and `rag ...`. `exit` takes the exit code of a command that has one of its own. */
export function ragCommands(program: Command, withKind: WithModel, exit: (code: number) => void): void {
  withStore(withKind(program.command('index'), 'embedding'))
    .description('Takes documents in, to be asked with "anymodel ask": only what is new or has changed costs anything.')
    .argument('[paths...]', 'folders, files, patterns such as "docs/**/*.{md,pdf}"')
    .option('--exclude <pattern>', 'leave out what fits; repeat for more', collect)
    .option('--gitignore', 'leave out what .gitignore files name')
    .option('--keep-missing', 'keep documents whose files are gone')
    .option('--reindex', 'embed everything that is there with the embedding model of now')
    .option('--json', 'print one JSON object when it is done')
    .action(async (paths: string[], _options, command: Command) =>
      exit(await (await import('./index-documents.ts')).indexDocuments(paths, command.optsWithGlobals())),
    )
  withSearch(withKind(program.command('ask'), 'chat'))
    .description(
      'Answers a question from the documents of "anymodel index": every claim rests on a quote that was checked.',
    )
    .argument('<question...>', 'the question')
    .option('--filter <field=value>', 'only documents whose metadata fits; repeat for more', collect)
    .option('--limit <number>', 'how many chunks to read', toNumber)
    .option('--judge <name>', 'a model that checks every claim once more')
    .option('--json', 'print one JSON object: answer, citations, verdicts')
    .action(async (words: string[], _options, command: Command) =>
      (await import('./ask-documents.ts')).askDocuments(words.join(' '), command.optsWithGlobals()),
    )
  const rag = program.command('rag').description('Looks into indexed documents, and measures how well they are found.')
  withSearch(withKind(rag.command('inspect'), 'chat'))
    .description('Lists documents; with a query, what it finds and why.')
    .argument('[query...]', 'what to search for')
    .option('--document <id>', 'list the chunks of this document')
    .option('--limit <number>', 'how many chunks to find', toNumber)
    .option('--json', 'print JSON, one object a line')
    .action(async (words: string[], _options, command: Command) =>
      (await import('./inspect.ts')).inspect(words.join(' '), command.optsWithGlobals()),
    )
  withSearch(withKind(rag.command('eval'), 'chat'))
    .description('Measures search on questions with known documents: nDCG, recall, MRR, MAP.')
    .argument('<file>', 'a line each: { "question": "...", "relevant": ["id of a document"] }')
    .option('--answers', 'also have the model answer and judge: faithfulness and relevance')
    .option('--judge <name>', 'the model that judges; default: the one that answers')
    .option('--json', 'print one JSON object')
    .action(async (file: string, _options, command: Command) =>
      (await import('./eval.ts')).evaluate(file, command.optsWithGlobals()),
    )
}
