import type { CodeSupport } from '../contract/code.ts'
import type { ImageCall, ImageSupport } from '../contract/image.ts'
import type { Warning } from '../contract/part.ts'
import type { SpeechSupport } from '../contract/speech.ts'
import type { OutputMode, TextSupport } from '../contract/text.ts'
import type { TranscriptionSupport } from '../contract/transcription.ts'
import type { VideoSupport } from '../contract/video.ts'
import { AnyModelError } from '../errors.ts'
import { fitKnobs } from '../generate/fit-knobs.ts'
import { imageTaskOf, imageTasks, mostImages } from '../generate/image-task.ts'
import { candidates, type Listed, membersOf } from './candidate.ts'
import { type AnyCall, kindOf, type MediaModel } from './kinds.ts'

/** What a call may ask for: what one of the models can do, as the others are passed over; of what is decided before the call, what all can. */
export function textSupport(supports: readonly TextSupport[]): TextSupport {
  const some = <T>(of: (one: TextSupport) => readonly T[] | undefined) => [
    ...new Set(supports.flatMap((one) => of(one) ?? [])),
  ]
  const all = <T>(of: (one: TextSupport) => readonly T[] | undefined) =>
    some(of).filter((value) => supports.every((one) => of(one)?.includes(value)))
  const modes = all(({ output = ['prompt'] as readonly OutputMode[] }) => output)
  return {
    tools: supports.some(({ tools }) => tools),
    output: modes.length > 0 ? modes : ['prompt'],
    files: some(({ files }) => files),
    fileUrls: all(({ fileUrls }) => fileUrls),
    prefill: supports.every(({ prefill }) => prefill),
    knobs: some(({ knobs }) => knobs),
  }
}

/** What models of other kinds support, as far as it matters here. */
type MediaSupport = Partial<CodeSupport> & ImageSupport & SpeechSupport & TranscriptionSupport & VideoSupport

/** What a call to models that are not for text may ask for: tuning options and tasks that one of them has, of all else what all can that may be asked. */
export function mediaSupport(models: readonly MediaModel[]): MediaSupport {
  const supports = models.map((model) => model.supports as MediaSupport)
  const all = (key: 'context' | 'firstFrame' | 'lastFrame' | 'webhook') => supports.every((one) => one[key])
  const least = (key: 'maxCount' | 'references', usual: number) => Math.min(...supports.map((one) => one[key] ?? usual))
  const voices = supports.flatMap((one) => one.voices ?? [])
  return {
    ...inputOf(models),
    maxCount: least('maxCount', 1),
    ...pictureSupport(models),
    firstFrame: all('firstFrame'),
    lastFrame: all('lastFrame'),
    references: least('references', 0),
    webhook: all('webhook'),
    context: all('context'),
    previews: supports.some(({ previews }) => previews),
    ...(voices.length > 0 && supports.every((one) => one.voices) ? { voices } : {}),
    knobs: [...new Set(supports.flatMap(({ knobs = [] }) => knobs))] as never[],
  }
}

function pictureSupport(models: readonly MediaModel[]): Pick<MediaSupport, 'images' | 'mask' | 'tasks'> {
  if (kindOf(models[0] as MediaModel) !== 'image') return {}
  const supports = models.map((model) => model.supports as ImageSupport)
  const tasks = [...new Set(supports.flatMap(imageTasks))]
  const starting = supports.filter((one) => mostImages(one) > 0)
  const editing = supports.filter((one) => imageTasks(one).includes('edit'))
  return {
    tasks,
    images: starting.length > 0 ? Math.min(...starting.map(mostImages)) : 0,
    mask: editing.length > 0 && editing.every(({ mask }) => mask),
  }
}

/** The models that a call may go to, in order: those that have what it asks for. */
export function ableTo<M extends MediaModel>(call: AnyCall, models: readonly M[]): readonly Listed<M>[] {
  const listed = candidates(models, call)
  if (!models[0] || kindOf(models[0]) !== 'image') return listed
  const task = imageTaskOf(call as ImageCall)
  const able = listed.filter(({ model }) => imageTasks(model.supports as ImageSupport).includes(task))
  return able.length > 0 ? able : listed
}

/** Code models that read prompts read those of their own family. */
function inputOf(models: readonly MediaModel[]): Pick<MediaSupport, 'input'> {
  const all = models.flatMap(membersOf)
  const [input, ...others] = new Set(all.map(({ supports }) => (supports as MediaSupport).input))
  const ids = new Set(all.map(({ id }) => id))
  if (others.length > 0 || (input === 'prompt' && ids.size > 1))
    throw new AnyModelError(
      'invalid-argument',
      `The code models ${[...ids].join(', ')} read their prompts each in its own way, so that one can't stand in for the other. Give models that read prefix and suffix, or the same model at several providers.`,
    )
  return input === undefined ? {} : { input }
}

/** A call as one of the models takes it. What it lacks is left out and told: tuning options, pictures on the way, a voice of another model. */
export function fitMedia(
  call: AnyCall,
  model: MediaModel,
  { knobs = [] }: MediaSupport,
): { readonly call: AnyCall; readonly warnings: Warning[] } {
  const { provider, id } = model
  const supports = model.supports as MediaSupport
  const known = { provider, id, supports: supports as { readonly knobs?: readonly never[] } }
  const fitted = fitKnobs(call, knobs as readonly never[], known)
  const { voice, previews, ...rest } = fitted.call as { readonly voice?: string; readonly previews?: boolean }
  const strange = voice !== undefined && supports.voices !== undefined && !supports.voices.includes(voice)
  const warnings = [
    ...fitted.warnings,
    ...(strange
      ? [{ option: 'voice', message: `${provider}/${id} has no voice "${voice}": it speaks with its own.` }]
      : []),
  ]
  return {
    call: {
      ...(rest as AnyCall),
      ...(voice !== undefined && !strange ? { voice } : {}),
      ...(previews !== undefined && supports.previews ? { previews } : {}),
    },
    warnings,
  }
}
