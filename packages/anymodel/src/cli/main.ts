import { createRequire } from 'node:module'
import { Command, CommanderError } from 'commander'
import { codeCommands } from './code/commands.ts'
import { exitCodes, reportFailure } from './failure.ts'
import { collect, toNumber } from './option-values.ts'
import { watchOutput } from './output.ts'
import { ragCommands } from './rag/commands.ts'

/** Runs the command line; gives the exit code. Every command's code is loaded when it is used. */
export async function main(args: readonly string[]): Promise<number> {
  watchOutput()
  let code: number = exitCodes.ok
  const program = commands((given) => {
    code = given
  })
  try {
    await program.parseAsync(args, { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
    return reportFailure(error, args.includes('--verbose'))
  }
}

/** `exit` takes the exit code of a command that has one of its own. */
function commands(exit: (code: number) => void): Command {
  const program = withModel(new Command('anymodel'))
    .description('Asks a model: hosted or local, as the config says. Without a config a small local model answers.')
    .version((createRequire(import.meta.url)('anymodel/package.json') as { version: string }).version)
    .argument('[prompt...]', 'what to ask; piped text is added to it')
    .option('--file <path>', 'an image, a document or a text to send along; repeat for more', collect)
    .option('--schema <path>', 'JSON Schema that the answer has to follow; the answer is JSON')
    .option('--json', 'print one JSON object: the answer, usage, finish reason, model')
    .enablePositionalOptions()
    .exitOverride()
    .addHelpText('after', notes)
    .action(async (words: string[], options) => (await import('./ask.ts')).ask(words.join(' '), options))
  withModel(program.command('chat'))
    .description('Talks with a model; /help lists what can be typed.')
    .action(async (_options, command: Command) =>
      exit(await (await import('./chat.ts')).chat(command.optsWithGlobals())),
    )
  withKind(program.command('embed'), 'embedding')
    .description('Prints the vector of each text, or orders texts by how near they are to another.')
    .argument('[texts...]', 'the texts; without any, the lines that are piped in')
    .option('--file <path>', 'a file of texts, one a line; repeat for more', collect)
    .option('--nearest <text>', 'order the texts by how near they are to this one')
    .option('--json', 'print JSON: vectors always are')
    .action(async (texts: string[], _options, command: Command) =>
      (await import('./embed.ts')).embed(texts, command.optsWithGlobals()),
    )
  withKind(program.command('transcribe'), 'transcription')
    .description('Writes down what is spoken in a recording.')
    .argument('<file>', 'a WAV file, a URL, or with ffmpeg installed any other recording')
    .option('--language <tag>', 'what is spoken, such as en or de; default: the model finds out')
    .option('--prompt <text>', 'words that may come up, such as names')
    .option('--translate', 'write it down in English')
    .option('--speakers', 'say who speaks')
    .option('--words', 'times of every word, in the JSON')
    .option('-o, --output <path>', 'where the transcript goes; .srt, .vtt and .json choose the form')
    .option('--srt', 'print SubRip subtitles')
    .option('--vtt', 'print WebVTT subtitles')
    .option('--json', 'print one JSON object: text, segments with times, language')
    .action(async (file: string, _options, command: Command) =>
      (await import('./transcribe.ts')).transcribe(file, command.optsWithGlobals()),
    )
  withKind(program.command('speak'), 'speech')
    .description('Speaks a text into a file, or into a pipe.')
    .argument('[text...]', 'the text; without any, what is piped in')
    .option('-o, --output <path>', 'where the sound goes; its ending chooses the format')
    .option('--voice <name>', 'one of the voices that the model has')
    .option('--speed <number>', "1 for the voice's own pace, 2 for twice as fast", toNumber)
    .option('--language <tag>', 'language of the text, such as en or de')
    .option('--instructions <text>', 'how to speak, for models that take that')
    .option('--format <name>', 'wav, pcm, mp3, opus, aac or flac; what there is depends on the model')
    .option('--json', 'print one JSON object: path, type, length, model')
    .action(async (words: string[], _options, command: Command) =>
      (await import('./speak.ts')).speak(words.join(' '), command.optsWithGlobals()),
    )
  withKind(program.command('image'), 'image')
    .description('Draws a picture, or changes one.')
    .argument('[prompt...]', 'what to draw; without any, what is piped in')
    .option('-o, --output <path>', 'where the picture goes; several are numbered')
    .option('-n, --n <number>', 'how many pictures', toNumber)
    .option('--size <size>', 'pixels, such as 512x768; default: what the model is made for')
    .option('--seed <number>', 'the same seed gives the same picture', toNumber)
    .option('--steps <number>', 'steps of denoising', toNumber)
    .option('--guidance <number>', 'how closely the prompt is followed', toNumber)
    .option('--negative <text>', 'what should not be in the picture')
    .option('--image <path>', 'a picture to start from; repeat for more', collect)
    .option('--mask <path>', 'what of it is painted anew: white is, black stays')
    .option('--strength <number>', 'how far the result may be from it: 0 keeps it, 1 ignores it', toNumber)
    .option('--outpaint <pixels>', 'paint on beyond its edges: left,right,top,bottom, or one number for all')
    .option('--json', 'print one JSON object: paths, sizes, seeds, model')
    .action(async (words: string[], _options, command: Command) =>
      (await import('./image.ts')).image(words.join(' '), command.optsWithGlobals()),
    )
  withKind(program.command('upscale'), 'image')
    .description('Gives a picture more pixels, by a model that does that.')
    .argument('<picture>', 'a path or a URL')
    .option('-o, --output <path>', 'where the picture goes')
    .option('--factor <number>', 'how many times as wide and high; default: what the model is made for', toNumber)
    .option('--size <size>', 'pixels instead, such as 2048x1536')
    .option('--prompt <text>', 'what is on it, for models that invent details')
    .option('--json', 'print one JSON object: path, size, model')
    .action(async (path: string, _options, command: Command) =>
      (await import('./upscale.ts')).upscale(path, command.optsWithGlobals()),
    )
  withKind(program.command('video'), 'video')
    .description('Makes a video, which takes minutes; or starts the job for one, and goes on with it later.')
    .argument('[prompt...]', 'what is to be seen; without any, what is piped in')
    .option('-o, --output <path>', 'where the video goes; several are numbered')
    .option('-n, --n <number>', 'how many videos', toNumber)
    .option('--size <size>', 'pixels, such as 1280x720')
    .option('--ratio <ratio>', 'width to height, such as 16:9')
    .option('--resolution <lines>', '480p, 720p, 1080p and so on')
    .option('--seconds <number>', 'length', toNumber)
    .option('--fps <number>', 'pictures per second', toNumber)
    .option('--seed <number>', 'the same seed gives a similar video', toNumber)
    .option('--negative <text>', 'what should not be in the video')
    .option('--audio', 'with sound')
    .option('--no-audio', 'without sound')
    .option('--first <path>', 'the picture that it begins with')
    .option('--last <path>', 'the picture that it ends with')
    .option('--reference <path>', 'a picture of what shall appear in it; repeat for more', collect)
    .option('--webhook <url>', 'where the service shall say that it is done')
    .option('--start', "print the job's handle and leave the service to it")
    .option('--resume <path>', 'wait for the job whose handle stands in a file')
    .option('--cancel <path>', 'cancel the job whose handle stands in a file')
    .option('--json', 'print one JSON object: paths, types, model')
    .action(async (words: string[], _options, command: Command) =>
      (await import('./video.ts')).video(words.join(' '), command.optsWithGlobals()),
    )
  codeCommands(program.command('code'), withKind, exit)
  ragCommands(program, withKind, exit)
  withConfig(program.command('models'))
    .description('Lists roles and providers, and the way from each role to its model.')
    .option('--json', 'print one JSON object')
    .action(async (_options, command: Command) => (await import('./models.ts')).models(command.optsWithGlobals()))
  withVerbose(program.command('pull'))
    .description('Downloads a model of the Hugging Face hub, or what of it is not here yet.')
    .argument('<name>', 'hf:<org>/<repo>, with @<revision> and :<precision> behind it where they matter')
    .option('--json', 'print one JSON object when it is done')
    .addHelpText('after', pullNotes)
    .action(async (name: string, _options, command: Command) =>
      (await import('./pull.ts')).pull(name, command.optsWithGlobals()),
    )
  withVerbose(program.command('list'))
    .description('Lists the local models: those that were pulled, and those that are installed as packages.')
    .option('--json', 'print one JSON object for each')
    .action(async (_options, command: Command) => (await import('./list.ts')).list(command.optsWithGlobals()))
  withVerbose(program.command('rm'))
    .description('Removes a model that was pulled.')
    .argument('<name>', 'hf:<org>/<repo>, or with @<revision> only that one')
    .option('--json', 'print one JSON object')
    .action(async (name: string, _options, command: Command) =>
      (await import('./rm.ts')).rm(name, command.optsWithGlobals()),
    )
  withVerbose(program.command('info'))
    .description('Tells what is known of a local model: kind, precisions, sizes, licence, inputs and outputs.')
    .argument('<name>', 'hf:<org>/<repo> that was pulled, npm:<package>, dir:<path>')
    .option('--json', 'print one JSON object')
    .action(async (name: string, _options, command: Command) =>
      (await import('./info.ts')).info(name, command.optsWithGlobals()),
    )
  const config = program.command('config').description('Checks or writes the config file.')
  withConfig(config.command('check'))
    .description(
      "Checks the config file and prints each role's model, without secrets; with --role the way of one call.",
    )
    .option('--role <name>', 'tell who would get this call to a role, and why')
    .option(
      '--kind <kind>',
      'text, code, embedding, rerank, image, speech, transcription or video; default: what the role is named, else text',
    )
    .option('--prompt <text>', 'what the call says')
    .option('--tokens <number>', 'how long it is, in the place of a prompt', toNumber)
    .option('--tags <tags>', 'its tags, such as plan=gold,tenant=acme')
    .option('--images <number>', 'how many pictures it brings', toNumber)
    .option('--texts <number>', 'how many texts it embeds or ranks', toNumber)
    .option('--count <number>', 'how many pictures or videos it asks for', toNumber)
    .option('--size <size>', 'pixels of a picture or video, such as 1024x768')
    .option('--seconds <number>', 'length of a video, or of sound to be written down', toNumber)
    .option('--json', 'print one JSON object')
    .action(async (_options, command: Command) =>
      (await import('./config-check.ts')).configCheck(command.optsWithGlobals()),
    )
  config
    .command('init')
    .description('Writes a config file from what it finds in the environment.')
    .argument('[path]', 'where', 'anymodel.config.yaml')
    .option('--force', 'replace a file that is there')
    .option('--verbose', 'tell everything about errors')
    .action(async (path: string, options) => (await import('./config-init.ts')).configInit(path, options))
  return program
}

const withVerbose = (command: Command): Command => command.option('--verbose', 'tell everything about errors')

const withConfig = (command: Command): Command =>
  withVerbose(command).option('--config <path>', 'config file; default: the nearest anymodel.config.* upward from here')

const withModel = (command: Command): Command =>
  withConfig(command)
    .option('-m, --model <name>', 'a role, or provider/model; default: the role chat')
    .option('-s, --system <text>', 'instructions to the model')
    .option('--max-tokens <number>', "upper bound on the answer's tokens", toNumber)
    .option('--temperature <number>', '0 for the most likely answer', toNumber)

const withKind = (command: Command, role: string): Command =>
  withConfig(command).option('-m, --model <name>', `a role, or provider/model; default: the role ${role}`)

const pullNotes = `
Models are kept in ANYMODEL_CACHE, else in the system's folder for caches. HF_TOKEN opens private and gated models, HF_ENDPOINT names a mirror; HTTPS_PROXY and NO_PROXY are honoured.`

const notes = `
Examples:
  anymodel "Why is the sky blue?"
  git diff | anymodel "Write a commit message for this." --model openai/gpt-6-luna
  anymodel "What is on it?" --file photo.jpg --json

Exit codes: 0 done, 1 the call failed, 2 wrong usage or config, 130 interrupted.`
