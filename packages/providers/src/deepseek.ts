import { endpoint, type ProviderOptions } from './endpoint.ts'
import { codeModel, textModel } from './model.ts'
import { completionsFill } from './protocols/fill/index.ts'
import { commonKnobs, openaiChat } from './protocols/openai-chat/index.ts'

const { seed: _seed, ...knobs } = commonKnobs

/** DeepSeek. Key: `DEEPSEEK_API_KEY`. https://api-docs.deepseek.com */
export const deepseek = (options: ProviderOptions = {}) => {
  const at = endpoint({ provider: 'deepseek', baseURL: 'https://api.deepseek.com', env: 'DEEPSEEK_API_KEY', options })
  const protocol = openaiChat({
    knobs: { ...knobs, logprobs: 'logprobs', reasoning: 'thinking' },
    replay: 'reasoning_content',
    output: ['tool', 'json', 'prompt'],
    files: [],
    models: [{ match: /./, efforts: ['none', 'low', 'medium', 'high', 'max'] }],
  })
  const fill = completionsFill({
    path: '/beta/completions',
    knobs: { temperature: 'temperature', topP: 'top_p', stop: 'stop' },
  })
  return {
    text: (id: string) => textModel(at, protocol, id),
    code: (id: string) => codeModel(at, fill, id),
  }
}
