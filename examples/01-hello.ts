// The shortest program: a local model in this process answers. No key, no network.
import { generateText } from '@anymodel/core'
import { onnx } from '@anymodel/onnx'

const model = onnx().text('npm:@anymodel/model-smollm2-135m-instruct')
const { text, usage } = await generateText({ model, prompt: 'Name three colours.', maxTokens: 40 })

console.log(text)
console.log(`${usage.output} tokens`)
