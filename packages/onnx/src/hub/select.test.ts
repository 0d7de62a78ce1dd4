import { describe, expect, it } from 'vitest'
import { type HubName, parseHubName } from './hub-name.ts'
import { type SizedFile, selectFiles, selections, weightBytesIn } from './select.ts'

const sized = (...paths: string[]): SizedFile[] => paths.map((path) => ({ path, size: path.length }))
const chosen = (paths: string[], dtype?: string) => {
  const selection = selections(sized(...paths)).find((one) => one.dtype === dtype)
  return selection?.files.map(({ path }) => path).sort()
}
const dtypesOf = (paths: string[]) => selections(sized(...paths)).map(({ dtype }) => dtype)

describe('the files that a model needs', () => {
  it('text: one graph with the weights beside it, and all small files', () => {
    const small = [
      'LICENSE',
      'README.md',
      'chat_template.jinja',
      'config.json',
      'generation_config.json',
      'merges.txt',
      'tokenizer.json',
    ]
    const q4f16 = ['onnx/model_q4f16.onnx', 'onnx/model_q4f16.onnx_data', 'onnx/model_q4f16.onnx_data_1']
    const others = [
      '.gitattributes',
      'model-00001-of-00002.safetensors',
      'model.safetensors.index.json',
      'onnx/model_q4.onnx',
      'onnx/model_quantized.onnx',
      'onnx/model_quantized.onnx_data',
      'openvino/openvino_model.bin',
      'runs/events.txt',
    ]
    const all = [...small, ...q4f16, ...others]
    expect(dtypesOf(all)).toEqual(['q8', 'q4', 'q4f16'])
    expect(chosen(all, 'q4f16')).toEqual([...small, ...q4f16].sort())
    expect(chosen(all, 'q4')).toEqual([...small, 'onnx/model_q4.onnx'].sort())
  })

  it('embeddings: what says how to pool', () => {
    const files = [
      '1_Pooling/config.json',
      'config.json',
      'modules.json',
      'onnx/model.onnx',
      'sentence_bert_config.json',
      'tokenizer.json',
    ]
    expect(
      chosen([...files, '2_Normalize/x.bin', 'onnx/model_O3.onnx', 'onnx/model_qint8_avx512.onnx'], 'fp32'),
    ).toEqual(files)
  })

  it('transcription: both graphs, in precisions that both have', () => {
    const files = [
      'config.json',
      'onnx/decoder_model_merged_q4.onnx',
      'onnx/encoder_model_q4.onnx',
      'preprocessor_config.json',
    ]
    const all = [
      ...files,
      'onnx/encoder_model_fp16.onnx',
      'onnx/decoder_with_past_model_q4.onnx',
      'onnx/decoder_model_q4.onnx',
    ]
    expect(dtypesOf(all)).toEqual(['q4'])
    expect(chosen(all, 'q4')).toEqual(files)
  })

  it('pictures: every part of the pipeline, a plain graph for a part without the precision', () => {
    const files = [
      'model_index.json',
      'scheduler/scheduler_config.json',
      'text_encoder/config.json',
      'text_encoder/model_fp16.onnx',
      'tokenizer/merges.txt',
      'tokenizer/vocab.json',
      'unet/config.json',
      'unet/model_fp16.onnx',
      'unet/model_fp16.onnx_data',
      'vae_decoder/model.onnx',
    ]
    const all = [
      ...files,
      'text_encoder/model.onnx',
      'unet/diffusion_pytorch_model.safetensors',
      'text_encoder/model.safetensors',
    ]
    expect(dtypesOf(all)).toEqual(['fp16'])
    expect(chosen(all, 'fp16')).toEqual(files)
    expect(dtypesOf([...all, 'unet/model.onnx'])).toEqual(['fp32', 'fp16'])
  })

  it('voices and onnxruntime-genai: graphs under names of their own', () => {
    expect(chosen(['en_US-joe-medium.onnx', 'en_US-joe-medium.onnx.json', 'MODEL_CARD'])).toEqual([
      'en_US-joe-medium.onnx',
      'en_US-joe-medium.onnx.json',
    ])
    expect(chosen(['onnx/model.onnx', 'voices/af.bin', 'config.json'], 'fp32')).toHaveLength(3)
    const genai = ['genai_config.json', 'phi3.onnx', 'phi3.onnx.data', 'tokenizer.json']
    expect(chosen(genai)).toEqual(genai)
    expect(dtypesOf(['a.onnx', 'b.onnx'])).toEqual([])
  })

  it('weights are told from what is small', () => {
    const [selection] = selections(sized('config.json', 'onnx/model.onnx', 'onnx/model.onnx_data'))
    expect(selection && weightBytesIn(selection)).toBe('onnx/model.onnx'.length + 'onnx/model.onnx_data'.length)
  })
})

describe('a model that is not there', () => {
  const select = (paths: string[], name: string, dtype?: 'q4') =>
    selectFiles(
      { commit: 'a'.repeat(40), files: sized(...paths).map((file) => ({ ...file, oid: '' })) },
      parseHubName(name) as HubName,
      dtype,
    )

  it('says which precisions there are, with sizes', () => {
    expect(() => select(['onnx/model.onnx', 'onnx/model_fp16.onnx'], 'org/repo', 'q4')).toThrow(
      /^hf:org\/repo has no q4\. It has fp32 \(15 bytes\), fp16 \(20 bytes\)\.$/,
    )
  })

  it('says where to look for one', () => {
    expect(() => select(['model.safetensors'], 'org/repo@v1')).toThrow(
      /hf:org\/repo@v1 has no ONNX model\. .*onnx-community/,
    )
    expect(() => select(['x/y/model.onnx', 'z/a.onnx', 'z/b.onnx'], 'org/repo/z')).toThrow(
      /no ONNX model in the folder z\. There are \.onnx files in: x\/y\. Name a folder: hf:org\/repo\/<folder>/,
    )
  })
})
