// transformers.js in `pnpm bench local`: the same files, nothing from the network.
import { basename, dirname } from 'node:path'
import { pathToFileURL } from 'node:url'

export async function open({ threads, packages }) {
  const { load } = await import(pathToFileURL(`${packages}/load.mjs`))
  const transformers = await load('@huggingface/transformers')
  const { env, pipeline, TextStreamer } = transformers
  env.allowRemoteModels = false
  const pipelines = new Map()
  const pipe = async (task, { folder, dtype }) => {
    const name = `${task} ${folder}`
    env.localModelPath = dirname(folder)
    const options = { dtype, device: 'cpu', session_options: { intraOpNumThreads: threads } }
    if (!pipelines.has(name)) pipelines.set(name, await pipeline(task, basename(folder), options))
    return pipelines.get(name)
  }
  return {
    async text({ chats, maxTokens, ...args }) {
      const generator = await pipe('text-generation', args)
      const { tokenizer } = generator
      const start = performance.now()
      let firstMs
      let tokens = 0
      const streamer = new TextStreamer(tokenizer, {
        skip_prompt: true,
        callback_function() {},
        token_callback_function(ids) {
          firstMs ??= performance.now() - start
          tokens += ids.length
        },
      })
      const settings = { max_new_tokens: maxTokens, do_sample: false, return_full_text: false }
      const one = chats.length === 1
      const answers = await generator(one ? chats[0] : chats, { ...settings, ...(one && { streamer }) })
      const texts = answers.flat().map(({ generated_text }) => lastText(generated_text))
      // A streamer takes one answer at a time; the tokens of several are counted afterwards.
      if (!one) tokens = texts.reduce((sum, text) => sum + tokenizer.encode(text).length, 0)
      return { texts, tokens, firstMs }
    },
    async embed({ values, ...args }) {
      const extractor = await pipe('feature-extraction', args)
      const tensor = await extractor(values, { pooling: 'mean', normalize: true })
      const [count, size] = tensor.dims
      return Array.from({ length: count }, (_, row) => tensor.data.subarray(row * size, (row + 1) * size))
    },
    async transcribe({ audio, ...args }) {
      const recogniser = await pipe('automatic-speech-recognition', args)
      // Without a limit it stops after 20 tokens.
      const { text } = await recogniser(toSamples(audio), { max_new_tokens: 200 })
      return { text }
    },
  }
}

const lastText = (generated) => (typeof generated === 'string' ? generated : generated.at(-1).content)

/** The numbers of a WAV file with one channel of 16-bit samples at 16 kHz. */
function toSamples(wav) {
  let at = 12
  while (wav.toString('latin1', at, at + 4) !== 'data') at += 8 + wav.readUInt32LE(at + 4)
  const count = wav.readUInt32LE(at + 4) / 2
  return Float32Array.from({ length: count }, (_, i) => wav.readInt16LE(at + 8 + 2 * i) / 32_768)
}
