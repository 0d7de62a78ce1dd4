import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Dtype } from '../dtypes.ts'
import { filesIn } from '../files-in.ts'
import { broken, readJson } from '../folder.ts'
import { selections, weightBytesIn } from '../hub/select.ts'
import { contextLength, type ModelConfig, readModelFolder, type TokenizerConfig } from '../model-folder.ts'
import { locate, type Places } from '../names.ts'
import { type GraphFile, readGraphFile } from '../runtime/graph-file.ts'
import { availableMemory } from '../runtime/memory.ts'
import type { Kind } from '../thread/served.ts'
import { kindOf } from './kind.ts'

/** A graph by what it takes and gives. */
interface DescribedGraph extends Pick<GraphFile, 'inputs' | 'outputs' | 'opset' | 'external'> {
  /** Inside the model's folder. */
  readonly path: string
}

/** What is known of a model without loading it. */
export interface ModelDescription {
  readonly name: string
  readonly folder: string
  /** Absent when its files do not show it. */
  readonly kind?: Kind
  /** The precision that the name gives, and those that there are: bytes of their graphs and weights. */
  readonly dtype?: Dtype
  readonly dtypes: readonly { readonly dtype?: Dtype; readonly bytes: number }[]
  /** Tokens that it can look at, where it looks at tokens alone. */
  readonly contextLength?: number
  /** As its card or its package names it. */
  readonly license?: string
  /** The graphs of the precision that the name gives. */
  readonly graphs: readonly DescribedGraph[]
  /** Bytes of its weights, which is what it needs at least, and what is available now where the system tells. */
  readonly memory: { readonly weights: number; readonly available?: number }
}

export type { GraphValue } from '../runtime/graph-file.ts'

/** Describes the model that a name leads to. Throws `config` when there is none, or its files are damaged. */
export function describeModel(id: string, places: Places = {}): ModelDescription {
  const { folder, dtype } = locate(id, places)
  const files = filesIn(folder)
  const found = selections(files)
  const chosen = dtype ? found.find((selection) => selection.dtype === dtype) : found[0]
  if (!chosen) {
    // Says what a folder lacks, or which precisions it has.
    readModelFolder({ folder, ...(dtype && { dtype }) }, 'that can be run here')
    throw broken(`${folder} has no ONNX model.`)
  }
  const graphs = chosen.files
    .filter(({ path }) => path.endsWith('.onnx'))
    .map(({ path }) => ({ path, ...readGraphFile(join(folder, path)) }))
  const { architectures, ...config } = readConfig(folder)
  const kind = kindOf({
    paths: files.map(({ path }) => path),
    architectures: (Array.isArray(architectures) ? architectures : []).map(String),
    graph: graphs.length === 1 ? graphs[0] : undefined,
  })
  const context = ['image', 'speech', 'transcription'].includes(kind ?? '')
    ? undefined
    : contextLength({
        config,
        tokenizerConfig: readJson(folder, 'tokenizer_config.json', {}) as TokenizerConfig,
      })
  const license = licenseOf(folder)
  const available = availableMemory()
  return {
    name: id,
    folder,
    ...(kind && { kind }),
    ...(chosen.dtype && { dtype: chosen.dtype }),
    dtypes: found.map((selection) => ({
      ...(selection.dtype && { dtype: selection.dtype }),
      bytes: weightBytesIn(selection),
    })),
    ...(Number.isSafeInteger(context) && { contextLength: context as number }),
    ...(license && { license }),
    graphs: graphs.map(({ path, inputs, outputs, opset, external }) => ({ path, inputs, outputs, opset, external })),
    memory: { weights: weightBytesIn(chosen), ...(available !== undefined && { available }) },
  }
}

interface DescribedConfig extends ModelConfig {
  readonly architectures?: unknown
}

function readConfig(folder: string): DescribedConfig {
  const config = readJson(folder, 'config.json', {}) as DescribedConfig
  const { model } = readJson(folder, 'genai_config.json', {}) as { model?: { context_length?: number } }
  return model?.context_length === undefined ? config : { ...config, max_position_embeddings: model.context_length }
}

/** From the front matter of the model's card, else from its package. https://huggingface.co/docs/hub/model-cards */
function licenseOf(folder: string): string | undefined {
  const [, front = ''] = /^---\r?\n(.*?)\r?\n---/s.exec(readText(join(folder, 'README.md'))) ?? []
  const field = (name: string) => new RegExp(`^${name}:[ \\t]*["']?([^"'\\r\\n#]+)`, 'm').exec(front)?.[1]?.trim()
  const license = field('license')
  if (license) return license === 'other' ? (field('license_name') ?? license) : license
  const { license: packaged } = readJson(folder, 'package.json', {}) as { license?: unknown }
  return typeof packaged === 'string' ? packaged : undefined
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
