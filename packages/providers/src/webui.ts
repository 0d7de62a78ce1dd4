import { endpoint, type ProviderOptions } from './endpoint.ts'
import type { MediaOptions } from './media/draw.ts'
import { imageModel } from './model.ts'
import { webuiImages } from './protocols/webui/index.ts'

/** A server of AUTOMATIC1111's web UI, Forge or SD.Next, started with `--api`; `image('default')` is the checkpoint that is loaded. With `--api-auth` pass `apiKey: 'user:password'`. */
export const webui = (options: ProviderOptions & MediaOptions = {}) => {
  const at = endpoint({
    provider: 'webui',
    baseURL: 'http://127.0.0.1:7860',
    options,
    credential: (key) => ({ authorization: `Basic ${Buffer.from(key).toString('base64')}` }),
  })
  return { image: (id: string) => imageModel(at, webuiImages, id, options) }
}
