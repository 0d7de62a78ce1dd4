import { onnx } from '@anymodel/onnx'
import { testLiveTextModel } from '@anymodel/testing'
import { afterAll, describe, test, vi } from 'vitest'

vi.setConfig({ testTimeout: 60_000 })

// The suite compares answers word by word. SmolLM2's kernels round activations to 8 bits, so that a text among others, or begun from a kept one, may take another turn where two words are about as
// likely: one at a time and without keeping, equal calls have equal answers.
const local = onnx({ parallel: 1, cacheMemory: 0 })
afterAll(() => local.close())

testLiveTextModel({
  describe,
  test,
  name: 'onnx, SmolLM2 135M',
  make: () => local.text('npm:@anymodel/model-smollm2-135m-instruct'),
})
