import type { Conversation } from './chat.ts'
import { defaultModel } from './client.ts'
import { reportFailure } from './failure.ts'
import { remark } from './output.ts'

interface ChatCommand {
  readonly usage: string
  readonly does: string
  run(talk: Conversation, argument: string): void | Promise<void>
}

/** What can be typed in a chat besides `/exit`, by name. */
export const commands: Readonly<Record<string, ChatCommand | undefined>> = {
  help: { usage: '/help', does: 'lists this', run: () => remark(help()) },
  model: { usage: '/model [name]', does: 'goes on with another role or provider/model', run: switchModel },
  system: { usage: '/system [text]', does: 'instructs the model; without a text, no longer', run: setSystem },
  clear: { usage: '/clear', does: 'forgets the conversation', run: clear },
}

const help = (): string => {
  const rows = Object.values(commands).map((command) => [command?.usage ?? '', command?.does ?? ''] as const)
  const all = [
    ...rows,
    ['/exit', 'leaves, as the end of the input does (Ctrl-D)'],
    ['line\\', 'the message goes on in the next line'],
    ['""" ... """', 'a message of several lines'],
    ['Ctrl-C', 'stops the answer; twice at the prompt leaves'],
  ] as const
  return all.map(([usage, does]) => `${usage.padEnd(16)}${does}`).join('\n')
}

/** The conversation goes on with the new model; when it can't be had, with the old one. */
async function switchModel(talk: Conversation, name: string): Promise<void> {
  if (name === '') return remark(`The model is ${talk.options.model ?? defaultModel}.`)
  try {
    await talk.client.ai.model(name)
    talk.options = { ...talk.options, model: name }
    remark(`Going on with ${name}.`)
  } catch (error) {
    reportFailure(error)
  }
}

function setSystem(talk: Conversation, text: string): void {
  const { system: _system, ...options } = talk.options
  talk.options = text === '' ? options : { ...options, system: text }
  remark(text === '' ? 'There are no instructions now.' : 'The instructions are set.')
}

function clear(talk: Conversation): void {
  talk.messages = []
  remark('The conversation is forgotten.')
}
