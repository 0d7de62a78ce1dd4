import { join } from 'node:path'
import { AnyModelError } from '@anymodel/core'
import { loading } from '../runtime/load-step.ts'
import { type Graph, openGraph } from '../runtime/session.ts'
import type { Opening } from '../thread/served.ts'
import { type Autoencoder, autoencoder } from './autoencoder.ts'
import { openClipTokenizer } from './clip-tokenizer.ts'
import { type Denoiser, denoiser } from './denoiser.ts'
import type { Component, ImageFolder } from './folder.ts'
import { type Previews, previews } from './previews.ts'
import { type EncoderPart, type TextEncoder, textEncoder } from './text-encoder.ts'

/** A loaded diffusion model. */
export interface ImageEngine {
  readonly folder: ImageFolder
  readonly texts: TextEncoder
  readonly denoiser: Denoiser
  readonly autoencoder: Autoencoder
  readonly previews: Previews
  readonly checker: Graph | undefined
  /** What turns pictures into latents, loaded when it is first needed. Rejects with `unsupported` when the folder has none. */
  encoder(): Promise<Graph>
  dispose(): Promise<void>
}

/** Loads all graphs but the one for pictures that go in. Throws `config` that says what to do about a folder that can't be used. */
export async function loadImageEngine(
  model: ImageFolder,
  { runtime, gate, onStep = () => {} }: Partial<Omit<Opening, 'location'>> = {},
): Promise<ImageEngine> {
  const { components } = model
  const names = (['text_encoder', 'text_encoder_2', 'unet', 'vae_decoder', 'safety_checker'] as const).filter(
    (name) => components[name],
  )
  const weights = names.flatMap((name) => components[name]?.weights ?? [])
  const opened: Partial<Record<Component, Graph>> = {}
  const open = async (name: Component): Promise<Graph | undefined> => {
    const files = components[name]
    if (files) opened[name] ??= await openGraph(files.graph, runtime, gate)
    return opened[name]
  }
  const dispose = async (): Promise<void> => {
    for (const graph of Object.values(opened)) await graph.dispose()
  }
  try {
    await loading(weights, onStep, async () => {
      for (const name of names) await open(name)
    })
    const own = autoencoder(opened.vae_decoder as Graph, model.autoencoder)
    return {
      folder: model,
      texts: textEncoder(encoderParts(model, opened)),
      denoiser: denoiser(opened.unet as Graph, model.denoiser),
      autoencoder: own,
      previews: previews(own),
      checker: opened.safety_checker,
      encoder: async () => (await open('vae_encoder')) ?? noEncoder(model),
      dispose,
    }
  } catch (error) {
    await dispose()
    throw error
  }
}

function encoderParts({ folder }: ImageFolder, opened: Partial<Record<Component, Graph>>): EncoderPart[] {
  const { text_encoder: first, text_encoder_2: second } = opened
  const layer = second ? 'penultimate' : 'last'
  const part = (graph: Graph, tokenizer: string): EncoderPart => ({
    graph,
    layer,
    tokenizer: openClipTokenizer(join(folder, tokenizer)),
  })
  return [...(first ? [part(first, 'tokenizer')] : []), ...(second ? [part(second, 'tokenizer_2')] : [])]
}

function noEncoder({ folder }: ImageFolder): never {
  throw new AnyModelError(
    'unsupported',
    `${folder} has no vae_encoder/model.onnx, so it can't start from a picture. Export the model with it, or leave images out.`,
  )
}
