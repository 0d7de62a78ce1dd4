import { onnx } from '@anymodel/onnx'
import { testLiveTextModel } from '@anymodel/testing'
import { afterAll, describe, test, vi } from 'vitest'

vi.setConfig({ testTimeout: 60_000 })

const local = onnx()
afterAll(() => local.close())

testLiveTextModel({
  describe,
  test,
  name: 'onnx, SmolLM2 135M',
  make: () => local.text('npm:@anymodel/model-smollm2-135m-instruct'),
})
