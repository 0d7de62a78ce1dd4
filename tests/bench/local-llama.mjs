// node-llama-cpp in `pnpm bench local`: the same weights in its own format. It does text only.
import { basename } from 'node:path'
import { pathToFileURL } from 'node:url'

export async function open({ threads, packages, gguf }) {
  const { load } = await import(pathToFileURL(`${packages}/load.mjs`))
  const { getLlama, InputLookupTokenPredictor, LlamaLogLevel } = await load('node-llama-cpp')
  const llama = await getLlama({ build: 'never', gpu: false, logLevel: LlamaLogLevel.error, maxThreads: threads })
  const model = await llama.loadModel({ modelPath: gguf })
  const context = await model.createContext({ sequences: 9, contextSize: 1_024, threads })
  const plain = Array.from({ length: 8 }, () => context.getSequence())
  const guessing = context.getSequence({ tokenPredictor: new InputLookupTokenPredictor() })
  return {
    async text({ chats, maxTokens, guess, folder }) {
      if (basename(folder) !== 'model-smollm2-135m-instruct') throw new Error('its weights are not there in its format')
      const start = performance.now()
      const answers = await Promise.all(
        chats.map((messages, at) => answer(guess ? guessing : plain[at], messages, maxTokens, start)),
      )
      return {
        texts: answers.map(({ text }) => text),
        tokens: answers.reduce((sum, { tokens }) => sum + tokens, 0),
        firstMs: Math.min(...answers.map(({ firstMs }) => firstMs)),
      }
    },
  }

  async function answer(sequence, messages, maxTokens, start) {
    const prompt = model.tokenize(toChat(messages), true)
    // What the sequence has read of the prompt before is kept; the last token has to be read again.
    await sequence.adaptStateToTokens(prompt.slice(0, -1), false)
    sequence.tokenPredictor?.updateInputTokens?.(prompt)
    const tokens = []
    let firstMs
    for await (const token of sequence.evaluate(prompt.slice(sequence.nextTokenIndex), {
      temperature: 0,
      yieldEogToken: true,
    })) {
      firstMs ??= performance.now() - start
      tokens.push(token)
      if (tokens.length >= maxTokens || model.isEogToken(token)) break
    }
    return { text: model.detokenize(tokens), tokens: tokens.length, firstMs }
  }
}

/** What the chat template of SmolLM2 makes of messages that begin with one of the system. */
const toChat = (messages) =>
  `${messages.map(({ role, content }) => `<|im_start|>${role}\n${content}<|im_end|>\n`).join('')}<|im_start|>assistant\n`
