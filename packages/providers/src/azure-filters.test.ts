import { generateImage, generateText, streamText } from '@anymodel/core'
import { describe, expect, it } from 'vitest'
import { azure } from './azure.ts'
import { type Reply, type Seen, serve } from './testing/service.ts'

async function resource(answer: (seen: Seen) => Reply) {
  const { origin } = await serve(answer)
  return { at: azure({ apiKey: 'key-of-a-resource', endpoint: origin }) }
}

const safe = { hate: { filtered: false, severity: 'safe' }, violence: { filtered: false, severity: 'safe' } }

const hateful = { ...safe, hate: { filtered: true, severity: 'medium' } }

const said = {
  id: 'chatcmpl-1',
  model: 'gpt-4.1-2025-04-14',
  choices: [{ index: 0, finish_reason: 'stop', message: { content: 'Paris' }, content_filter_results: safe }],
  prompt_filter_results: [{ prompt_index: 0, content_filter_results: safe }],
  usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
}

const response = {
  id: 'resp_1',
  object: 'response',
  model: 'gpt-5.4',
  status: 'completed',
  output: [{ type: 'message', id: 'msg_1', content: [{ type: 'output_text', text: 'Paris' }] }],
  content_filters: [
    { source_type: 'prompt', blocked: false, content_filter_results: safe },
    { source_type: 'completion', blocked: false, content_filter_results: { violence: safe.violence } },
  ],
}

const filtered = {
  ...response,
  status: 'incomplete',
  content_filters: [
    { source_type: 'prompt', content_filter_results: safe },
    { source_type: 'completion', blocked: true, content_filter_results: hateful },
  ],
}

const events = (...values: unknown[]): Reply => ({
  type: 'text/event-stream',
  text: values.map((value) => `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`).join(''),
})

describe('content filters of Azure', () => {
  it('tell what they found in whole answers', async () => {
    const { at } = await resource(({ path }) => ({ json: path.includes('chat') ? said : response }))
    const chat = await generateText({ model: at.chat('gpt-4.1'), prompt: 'Hi' })
    expect(chat.response.details?.contentFilter).toEqual({ prompt: safe, answer: safe })
    const text = await generateText({ model: at.text('gpt-5.4'), prompt: 'Hi' })
    expect(text.text).toBe('Paris')
    expect(text.response.details?.contentFilter).toEqual({ prompt: safe, answer: { violence: safe.violence } })
  })

  it('tell why a stream was cut, whatever a later chunk says', async () => {
    const chunk = (content: string, found: unknown, finish_reason: string | null = null) => ({
      choices: [{ index: 0, delta: { content }, finish_reason, content_filter_results: found }],
    })
    const { at } = await resource(() =>
      events(
        { ...said, id: '', model: '', choices: [], usage: null },
        chunk('I h', {}),
        chunk('', hateful, 'content_filter'),
        chunk('', safe),
        '[DONE]',
      ),
    )
    const stream = streamText({ model: at.chat('gpt-4.1'), prompt: 'Hi' })
    const { text, finishReason, response: told } = await stream.result
    expect([text, finishReason]).toEqual(['I h', 'content-filter'])
    expect(told.details?.contentFilter).toEqual({ prompt: safe, answer: hateful })
  })

  it('tell what they found at the end of a stream of Responses', async () => {
    const { at } = await resource(() =>
      events(
        { type: 'response.created', response: { id: 'resp_1' } },
        { type: 'response.output_text.delta', output_index: 0, delta: 'Par' },
        { type: 'response.incomplete', response: { ...filtered, incomplete_details: { reason: 'content_filter' } } },
      ),
    )
    const { text, finishReason, response: told } = await streamText({ model: at.text('gpt-5.4'), prompt: 'Hi' }).result
    expect([text, finishReason]).toEqual(['Par', 'content-filter'])
    expect(told.details?.contentFilter).toEqual({ prompt: safe, answer: hateful })
  })

  it('say in the error why they refused a prompt', async () => {
    const jailbreak = { ...hateful, jailbreak: { filtered: true, detected: true } }
    const words = "The response was filtered due to the prompt triggering Azure OpenAI's content management policy."
    const bodies = [
      {
        code: 'content_filter',
        innererror: { code: 'ResponsibleAIPolicyViolation', content_filter_result: jailbreak },
      },
      { code: 'content_filter', content_filters: [{ blocked: true, content_filter_results: jailbreak }] },
      { code: 'contentFilter', inner_error: { content_filter_results: jailbreak } },
    ]
    for (const error of bodies) {
      const { at } = await resource(() => ({ status: 400, json: { error: { message: words, ...error } } }))
      const failure = {
        code: 'content-filter',
        status: 400,
        message: expect.stringMatching(/policy\. \(hate: medium, jailbreak\)/),
      }
      await expect(generateText({ model: at.chat('m'), prompt: 'Hi' })).rejects.toMatchObject(failure)
      await expect(generateImage({ model: at.image('m'), prompt: 'Hi' })).rejects.toMatchObject(failure)
    }
  })

  it('take findings of any shape for what they are', async () => {
    const odd = {
      ...said,
      prompt_filter_results: 'none',
      choices: [{ ...said.choices[0], content_filter_results: [7] }],
    }
    const { at } = await resource(() => ({ json: { ...odd, content_filters: { a: 1 } } }))
    await expect(generateText({ model: at.chat('m'), prompt: 'Hi' })).resolves.toMatchObject({ text: 'Paris' })
  })

  it('leave errors of other kinds alone', async () => {
    const missing = { error: { code: 'DeploymentNotFound', message: 'The API deployment does not exist.' } }
    const { at } = await resource(() => ({ status: 404, json: missing }))
    await expect(generateText({ model: at.chat('m'), prompt: 'Hi' })).rejects.toMatchObject({
      code: 'not-found',
      providerCode: 'DeploymentNotFound',
    })
  })
})
