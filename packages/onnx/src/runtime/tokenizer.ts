import { Tokenizer } from '@huggingface/tokenizers'
import { broken } from '../folder.ts'
import type { ModelFolder } from '../model-folder.ts'

/** The tokenizer of a folder. Throws `config` for one that can't be used. */
export function openTokenizer({
  folder,
  tokenizer,
  tokenizerConfig,
}: Pick<ModelFolder, 'folder' | 'tokenizer' | 'tokenizerConfig'>): Tokenizer {
  try {
    return new Tokenizer(tokenizer, tokenizerConfig)
  } catch (error) {
    throw broken(`tokenizer.json in ${folder} can't be used: ${(error as Error).message}. Download it again.`, error)
  }
}
