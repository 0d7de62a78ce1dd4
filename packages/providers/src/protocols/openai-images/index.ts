import type { ImageProtocol } from '../../protocol.ts'
import type { ImagesDialect, ImagesRule } from './dialect.ts'

export { type ImagesDialect, openaiImageModels } from './dialect.ts'

/** OpenAI's images API, and services that speak it. https://platform.openai.com/docs/api-reference/images */
export function openaiImages(dialect: ImagesDialect): ImageProtocol {
  const ruleOf = (model: string): ImagesRule =>
    dialect.models.find(({ match }) => match.test(model)) ?? { match: /./, supports: {} }
  return {
    supports: (model) => ruleOf(model).supports,
    load: async () => (await import('./format.ts')).imagesFormat(dialect, ruleOf),
  }
}
