import { type Dtype, dtypes } from '../dtypes.ts'
import { broken } from '../folder.ts'
import { toSize } from '../runtime/size.ts'
import { type HubName, hubNameText } from './hub-name.ts'
import type { HubFile, Listing } from './listing.ts'

/** A file by its path inside a repository or a folder. */
export type SizedFile = Pick<HubFile, 'path' | 'size'>

/** The files that one precision of a model needs. */
export interface Selection<F extends SizedFile = HubFile> {
  /** Absent where a model's files know no precisions. */
  readonly dtype?: Dtype
  readonly files: readonly F[]
}

/** Graphs of the layouts that transformers.js reads; the first whose graphs are all there is the model's. */
const graphSets: readonly (readonly string[])[] = [
  ['model'],
  ['encoder_model', 'decoder_model_merged'],
  ['encoder_model', 'decoder_model', 'decoder_with_past_model'],
  ['decoder_model_merged'],
]

/** Parts of a diffusers pipeline that hold a graph. */
const pipelineParts = /^(text_encoder(_\d)?|unet|transformer|vae_encoder|vae_decoder|safety_checker)\//

/** Small files that say how a graph is to be used. */
const companions: readonly RegExp[] = [
  /^[^/]+(?<!\.index)\.(json|jinja|txt)$/,
  /^(README\.md|(LICEN[CS]E|NOTICE)[^/]*)$/i,
  // sentence-transformers: 1_Pooling/config.json
  /^\d+_\w+\/config\.json$/,
  // diffusers
  /^(scheduler|tokenizer(_\d)?|feature_extractor|text_encoder(_\d)?|unet|transformer|vae_encoder|vae_decoder|safety_checker)\/[^/]+\.(json|txt|jinja)$/,
  // Kokoro
  /^voices\/[^/]+\.bin$/,
]

/** How weights beside a graph are called: `.onnx_data`, `.onnx_data_1`, `.onnx.data`. */
const weightsBeside = /^(_data(_\d+)?|\.data)$/

/** The precisions of which all graphs are among some files, the most exact first; one without `dtype` stands for graphs that know none. Empty when there is no model in `folder`. */
export function selections<F extends SizedFile>(all: readonly F[], folder = ''): Selection<F>[] {
  const files = inside(all, folder)
  const small = files.filter(({ path }) => companions.some((pattern) => pattern.test(path)))
  return graphsOf(files.map(({ path }) => path)).map(({ dtype, graphs }) => ({
    ...(dtype && { dtype }),
    files: [...small, ...graphs.flatMap((graph) => withWeights(files, graph))].map((file) => outside(file, folder)),
  }))
}

/** The files of a model in the precision that is asked for, else in the most exact one. Throws `config` that says what there is. */
export function selectFiles(listing: Listing, name: HubName, dtype: Dtype | undefined): Selection {
  const found = selections(listing.files, name.folder)
  const chosen = dtype ? found.find((selection) => selection.dtype === dtype) : found[0]
  if (chosen) return chosen
  const text = hubNameText(name)
  if (found.length === 0) throw broken(`${text} has no ONNX model${elsewhere(listing, name)}`)
  throw broken(`${text} has no ${dtype}. It has ${found.map(describe).join(', ')}.`)
}

/** `q4 (97 MB)`. */
const describe = ({ dtype, files }: Selection): string =>
  `${dtype ?? 'one without a precision in its name'} (${toSize(totalSize(files))})`

/** How many bytes some files have. */
export const totalSize = (files: readonly SizedFile[]): number => files.reduce((sum, { size }) => sum + size, 0)

/** Bytes of the graphs of a selection, and of the weights beside them: what it needs in memory at least. */
export const weightBytesIn = ({ files }: Pick<Selection<SizedFile>, 'files'>): number =>
  totalSize(files.filter(({ path }) => /\.onnx(_data(_\d+)?|\.data)?$/.test(path)))

/** Some repositories have a model in each of several folders. */
function elsewhere({ files }: Listing, { repo, folder }: HubName): string {
  const folders = new Set(
    files.flatMap(({ path }) => (path.endsWith('.onnx') ? [path.slice(0, Math.max(0, path.lastIndexOf('/')))] : [])),
  )
  folders.delete('')
  folders.delete(folder)
  if (folders.size === 0) return '. Name a repository with an ONNX export, such as those of onnx-community.'
  const some = [...folders].sort().slice(0, 8).join(', ')
  return ` in ${folder ? `the folder ${folder}` : 'the places where one is looked for'}. There are .onnx files in: ${some}. Name a folder: hf:${repo}/<folder>`
}

interface Graphs {
  readonly dtype?: Dtype
  readonly graphs: readonly string[]
}

function graphsOf(paths: readonly string[]): Graphs[] {
  const all = new Set(paths)
  if (all.has('model_index.json')) return pipelineGraphs(paths)
  if (all.has('genai_config.json') && !paths.some((path) => path.startsWith('onnx/'))) return plainGraphs(paths, 99)
  for (const dir of ['onnx/', '']) {
    for (const set of graphSets) {
      const found = inEveryDtype((suffix) => {
        const graphs = set.map((stem) => `${dir}${stem}${suffix}.onnx`)
        return graphs.every((graph) => all.has(graph)) ? graphs : undefined
      })
      if (found.length > 0) return found
    }
  }
  return plainGraphs(paths, 1)
}

/** The denoiser decides which precisions there are; a part that lacks one has its plain file taken. */
function pipelineGraphs(paths: readonly string[]): Graphs[] {
  const all = new Set(paths)
  const parts = new Set(paths.flatMap((path) => pipelineParts.exec(path)?.[1] ?? []))
  const main = parts.has('transformer') ? 'transformer' : 'unet'
  return inEveryDtype((suffix) => {
    if (!all.has(`${main}/model${suffix}.onnx`)) return undefined
    return [...parts].flatMap((part) => {
      const graph = [`${part}/model${suffix}.onnx`, `${part}/model.onnx`].find((path) => all.has(path))
      return graph ? [graph] : []
    })
  })
}

const inEveryDtype = (graphs: (suffix: string) => readonly string[] | undefined): Graphs[] =>
  (Object.keys(dtypes) as Dtype[]).flatMap((dtype) => {
    const found = graphs(dtypes[dtype])
    return found ? [{ dtype, graphs: found }] : []
  })

/** Graphs under names of their own, of which there may be `most`. */
function plainGraphs(paths: readonly string[], most: number): Graphs[] {
  const graphs = paths.filter((path) => /^[^/]+\.onnx$/.test(path))
  return graphs.length > 0 && graphs.length <= most ? [{ graphs }] : []
}

const withWeights = <F extends SizedFile>(files: readonly F[], graph: string): F[] =>
  files.filter(({ path }) => path === graph || (path.startsWith(graph) && weightsBeside.test(path.slice(graph.length))))

const inside = <F extends SizedFile>(files: readonly F[], folder: string): F[] =>
  folder === ''
    ? [...files]
    : files.flatMap((file) =>
        file.path.startsWith(`${folder}/`) ? [{ ...file, path: file.path.slice(folder.length + 1) }] : [],
      )

const outside = <F extends SizedFile>(file: F, folder: string): F =>
  folder === '' ? file : { ...file, path: `${folder}/${file.path}` }
