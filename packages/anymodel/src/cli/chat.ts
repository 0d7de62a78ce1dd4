import { createInterface, type Interface } from 'node:readline'
import type { Message } from '@anymodel/core'
import { printText, remarks } from './ask.ts'
import { commands } from './chat-commands.ts'
import { callOptions, defaultModel, type ModelOptions, type OpenClient, openClient } from './client.ts'
import { exitCodes, Interrupted, reportFailure } from './failure.ts'
import { messageLines } from './multi-line.ts'
import { outputClosed, paint, remark } from './output.ts'

/** A conversation on the command line. */
export interface Conversation {
  options: ModelOptions
  readonly client: OpenClient
  messages: readonly Message[]
  /** Set while an answer is written. */
  answering: AbortController | undefined
  exitCode: number
}

/** `anymodel chat`: a line is a message, a line that begins with `/` a command. Without a terminal it reads to the end of its input. Gives the exit code. */
export async function chat(options: ModelOptions): Promise<number> {
  const client = await openClient(options)
  await client.ai.model(options.model ?? defaultModel)
  const talk: Conversation = {
    options,
    client,
    messages: [],
    answering: undefined,
    exitCode: exitCodes.ok,
  }
  const isTerminal = Boolean(process.stdin.isTTY && process.stdout.isTTY)
  const lines = createInterface({
    input: process.stdin,
    terminal: isTerminal,
    ...(isTerminal ? { output: process.stdout } : {}),
  })
  try {
    if (isTerminal) remark(`Talking with ${options.model ?? defaultModel}. /help lists commands, /exit leaves.`)
    await readLines(talk, lines, isTerminal)
  } finally {
    lines.close()
    await client.close()
  }
  return talk.exitCode
}

async function readLines(talk: Conversation, lines: Interface, isTerminal: boolean): Promise<void> {
  const message = messageLines()
  const ask = () => {
    if (!isTerminal) return
    lines.setPrompt(paint('cyan', message.open ? '... ' : '> '))
    lines.prompt()
  }
  const interrupts = onInterrupt(talk, lines, () => {
    message.clear()
    ask()
  })
  outputClosed.addEventListener('abort', () => lines.close())
  ask()
  for await (const line of lines) {
    interrupts.forget()
    const text = message.add(line)
    if (text?.trim() === '/exit') return
    if (text?.trim()) await take(talk, text)
    ask()
  }
  const rest = message.rest()
  if (rest !== undefined) await take(talk, rest)
}

/** Ctrl-C stops the answer; at the prompt a second one leaves. */
function onInterrupt(talk: Conversation, lines: Interface, again: () => void): { forget(): void } {
  let interrupted = false
  const interrupt = () => {
    if (talk.answering) talk.answering.abort(new Interrupted())
    else if (interrupted) {
      talk.exitCode = exitCodes.interrupted
      return lines.close()
    } else {
      remark('')
      remark('Ctrl-C again leaves.')
      again()
    }
    interrupted = true
  }
  lines.on('SIGINT', interrupt)
  process.on('SIGINT', interrupt)
  return {
    forget() {
      interrupted = false
    },
  }
}

async function take(talk: Conversation, text: string): Promise<void> {
  const [, name, rest = ''] = /^\/(\S*)\s*(.*)$/s.exec(text) ?? []
  if (name === undefined) return answer(talk, text)
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!command) return remark(`There is no /${name}. /help lists what there is.`)
  await command.run(talk, rest.trim())
}

/** Asks, prints, remembers. An answer that was stopped is remembered as far as it came. */
async function answer(talk: Conversation, text: string): Promise<void> {
  const messages: Message[] = [...talk.messages, { role: 'user', content: text }]
  talk.answering = new AbortController()
  const { client, options } = talk
  const signal = AbortSignal.any([talk.answering.signal, outputClosed])
  const stream = client.ai.streamText({ ...callOptions(options), messages, signal })
  try {
    await printText(stream.textStream)
    const result = await stream.result
    talk.messages = result.messages
    remarks(result)
  } catch (error) {
    const { partial } = error as { partial?: { text: string } }
    if (partial?.text) talk.messages = [...messages, { role: 'assistant', content: partial.text }]
    client.progress.stop()
    if (error instanceof Interrupted) remark('(stopped)')
    else talk.exitCode = reportFailure(error)
  } finally {
    talk.answering = undefined
  }
}
