import { AnyModelError, type JsonObject } from '@anymodel/core'
import { Template } from '@huggingface/jinja'
import { broken } from '../folder.ts'
import { type TokenizerConfig, tokenText } from '../model-folder.ts'

/** A conversation as chat templates know it. */
export interface TemplateMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool'
  readonly content: string
  readonly tool_calls?: readonly JsonObject[]
  readonly tool_call_id?: string
  readonly name?: string
}

/** A chat template, ready to render. */
export interface ChatTemplate {
  /** True when the template has a place for tool definitions. */
  readonly takesTools: boolean
  /** The text of the template, to tell which form of tool calls its model writes. */
  readonly source: string
  /** The prompt up to where the answer begins. `variables` are the template's own switches. Throws `bad-request` when the template refuses the conversation. */
  render(messages: readonly TemplateMessage[], tools: readonly JsonObject[], variables: JsonObject): string
}

/** The template of a tokenizer; `undefined` for models that have none. With `tools`, the one made for tools where there are several. */
export function chatTemplate(config: TokenizerConfig, tools: boolean): ChatTemplate | undefined {
  const source = pick(config.chat_template, tools)
  if (source === undefined) return undefined
  const template = parse(source)
  const special = Object.fromEntries(
    (['bos_token', 'eos_token', 'unk_token', 'pad_token'] as const).map((name) => [
      name,
      tokenText(config[name]) ?? '',
    ]),
  )
  const render = (messages: readonly TemplateMessage[], tools: readonly JsonObject[], variables: JsonObject): string =>
    template.render({
      ...special,
      ...variables,
      messages,
      ...(tools.length > 0 ? { tools } : {}),
      add_generation_prompt: true,
    })
  return {
    takesTools: /\btools\b/.test(source),
    source,
    render(messages, tools, variables) {
      try {
        return render(messages, tools, variables)
      } catch (error) {
        // Some templates have no system role: what it says goes before the first user message then.
        const folded = foldSystem(messages)
        if (!folded) throw refused(error)
        try {
          return render(folded, tools, variables)
        } catch {
          throw refused(error)
        }
      }
    },
  }
}

function pick(templates: TokenizerConfig['chat_template'], tools: boolean): string | undefined {
  if (templates === undefined || typeof templates === 'string') return templates
  const named = (name: string) => templates.find((template) => template.name === name)?.template
  return (tools ? named('tool_use') : undefined) ?? named('default') ?? templates[0]?.template
}

function parse(source: string): Template {
  try {
    return new Template(source)
  } catch (error) {
    throw broken(`The model's chat template can't be read: ${(error as Error).message}`, error)
  }
}

function foldSystem([system, user, ...rest]: readonly TemplateMessage[]): TemplateMessage[] | undefined {
  if (system?.role !== 'system' || user?.role !== 'user') return undefined
  return [{ ...user, content: `${system.content}\n\n${user.content}` }, ...rest]
}

const refused = (cause: unknown): AnyModelError =>
  new AnyModelError('bad-request', `The model's chat template refuses the conversation: ${(cause as Error).message}`, {
    cause,
  })
