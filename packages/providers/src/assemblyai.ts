import { endpoint, type ProviderOptions } from './endpoint.ts'
import type { MediaOptions } from './media/draw.ts'
import { transcriptionModel } from './model.ts'
import { assemblyaiTranscription } from './protocols/assemblyai/index.ts'

/** AssemblyAI: `universal-3-pro`, `universal-2`. Its further options go through `extra`. Key: `ASSEMBLYAI_API_KEY`. https://www.assemblyai.com/docs/api-reference */
export const assemblyai = (options: ProviderOptions & Pick<MediaOptions, 'jobs'> = {}) => {
  const at = endpoint({
    provider: 'assemblyai',
    baseURL: 'https://api.assemblyai.com',
    env: 'ASSEMBLYAI_API_KEY',
    options,
    credential: (key) => ({ authorization: key }),
  })
  return { transcription: (id: string) => transcriptionModel(at, assemblyaiTranscription, id, options) }
}
