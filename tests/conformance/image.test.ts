import { onnx } from '@anymodel/onnx'
import { testImageModel } from '@anymodel/testing'
import { afterAll, describe, test, vi } from 'vitest'

vi.setConfig({ testTimeout: 60_000 })

const local = onnx()
afterAll(() => local.close())

testImageModel({ describe, test, name: 'onnx, shapes-diffusion', make: () => local.image('shapes-diffusion') })
