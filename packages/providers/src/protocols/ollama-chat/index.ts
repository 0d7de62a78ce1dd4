import type { TextProtocol } from '../../protocol.ts'
import { files, toRequest } from './request.ts'
import { OllamaDecoder } from './response.ts'

/** Ollama's own `/api/chat`, which answers in lines of JSON. What has no portable name (`options.num_ctx`, `keep_alive`) goes through `extra`. https://docs.ollama.com/api/chat */
export const ollamaChat: TextProtocol = {
  supports: () => ({
    tools: true,
    output: ['native', 'json', 'prompt'],
    files,
    knobs: [
      'maxTokens',
      'temperature',
      'topP',
      'topK',
      'minP',
      'presencePenalty',
      'frequencyPenalty',
      'repetitionPenalty',
      'seed',
      'stop',
      'logprobs',
      'reasoning',
    ],
  }),
  framing: 'ndjson',
  schemas: 'openai',
  request: toRequest,
  decoder: (context) => new OllamaDecoder(context),
}
