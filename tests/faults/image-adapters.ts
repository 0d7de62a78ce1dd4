import type { ImageModel } from '@anymodel/core'
import { bfl } from '@anymodel/providers/bfl'
import { comfyui } from '@anymodel/providers/comfyui'
import { fal } from '@anymodel/providers/fal'
import { google } from '@anymodel/providers/google'
import { huggingface } from '@anymodel/providers/huggingface'
import { ideogram } from '@anymodel/providers/ideogram'
import { luma } from '@anymodel/providers/luma'
import { midjourney } from '@anymodel/providers/midjourney'
import { openai } from '@anymodel/providers/openai'
import { recraft } from '@anymodel/providers/recraft'
import { replicate } from '@anymodel/providers/replicate'
import { stability } from '@anymodel/providers/stability'
import { together } from '@anymodel/providers/together'
import { webui } from '@anymodel/providers/webui'
import { xai } from '@anymodel/providers/xai'
import type { ImageService } from '../conformance/image-services.ts'
import type { Answer } from '../conformance/loopback-services.ts'
import { json } from './media-fault.ts'

type At = (service: ImageService, path?: string) => { readonly apiKey: string; readonly baseURL: string }

/** An adapter of pictures, and what its service says when things go wrong. */
export interface ImageAdapter {
  readonly make: (at: At, more?: object) => ImageModel
  /** The request whose answer has the picture, or its link. */
  readonly result: RegExp
  /** How pictures come. */
  readonly gives: 'json' | 'bytes' | 'link' | 'own link'
  /** Requests that look at the job, where there is one. */
  readonly look?: RegExp
  /** An answer without any picture. */
  readonly empty: Answer | ((right: Answer) => Answer)
  /** What it says of a picture that it holds back, and how the error tells that. */
  readonly moderated: readonly [Answer, RegExp]
  /** What it says of a job that failed, and how the error tells that. */
  readonly failed?: readonly [Answer, RegExp]
}

/** The request that begins. */
export const begin = /^POST /
const safety = /safety|moderat|filter|nsfw|sensitive|banned|flagged/i
const openaiRefusal = json(
  { error: { code: 'moderation_blocked', message: 'Your request was rejected by the safety system.' } },
  400,
)

/** Every adapter of pictures that there is. */
export const imageAdapters: Readonly<Record<string, ImageAdapter>> = {
  OpenAI: {
    make: (at, more) => openai({ ...at('openai', '/v1'), ...more }).image('gpt-image-2'),
    ...{ result: begin, gives: 'json', empty: json({ data: [] }), moderated: [openaiRefusal, safety] },
  },
  xAI: {
    make: (at, more) => xai({ ...at('xai', '/v1'), ...more }).image('grok-imagine-image'),
    ...{ result: begin, gives: 'json', empty: json({ data: [{}] }) },
    moderated: [json({ code: 'content_policy_violation', error: 'Content flagged by moderation.' }, 400), safety],
  },
  Together: {
    make: (at, more) => together({ ...at('together', '/v1'), ...more }).image('black-forest-labs/FLUX.1-dev'),
    ...{ result: begin, gives: 'json', empty: json({ data: [{ index: 0 }] }) },
    moderated: [json({ error: { message: 'NSFW content: the prompt violates our content policy.' } }, 422), safety],
  },
  Recraft: {
    make: (at, more) => recraft({ ...at('recraft', '/v1'), ...more }).image('recraftv4'),
    ...{ result: begin, gives: 'json', empty: json({ created: 1, data: [] }) },
    moderated: [json({ code: 'content_policy_violation', message: 'The prompt was flagged.' }, 400), safety],
  },
  Gemini: {
    make: (at, more) => google({ ...at('google', '/v1beta'), ...more }).image('gemini-3-pro-image'),
    ...{ result: begin, gives: 'json', empty: json({ candidates: [{ content: {}, finishReason: 'STOP' }] }) },
    moderated: [json({ candidates: [{ finishReason: 'IMAGE_SAFETY', finishMessage: 'Unsafe.' }] }), /Unsafe/],
  },
  Imagen: {
    make: (at, more) => google({ ...at('google', '/v1beta'), ...more }).image('imagen-4.0-generate-001'),
    ...{ result: begin, gives: 'json', empty: json({ predictions: [{ mimeType: 'image/png' }] }) },
    moderated: [json({ predictions: [{ raiFilteredReason: 'Support code: 29310472.' }] }), /29310472/],
  },
  Stability: {
    make: (at, more) => stability({ ...at('stability', '/v2beta'), ...more }).image('ultra'),
    ...{ result: begin, gives: 'json', empty: json({ finish_reason: 'SUCCESS' }) },
    moderated: [json({ name: 'content_moderation', errors: ['Flagged by our moderation.'] }, 403), safety],
  },
  'Hugging Face': {
    make: (at, more) => huggingface({ ...at('huggingface'), ...more }).image('stabilityai/sdxl'),
    ...{ result: begin, gives: 'bytes', empty: json({ images: [] }) },
    moderated: [json({ error: 'NSFW content detected: flagged by the safety checker.' }, 400), safety],
  },
  fal: {
    make: (at, more) => fal({ ...at('fal'), ...more }).image('fal-ai/flux'),
    ...{ result: /^GET .*\/requests\/\w+$/, gives: 'link', look: /^GET .*\/status/, empty: json({ images: [] }) },
    moderated: [
      json({ detail: [{ loc: ['body', 'prompt'], msg: 'Flagged.', type: 'content_policy_violation' }] }, 422),
      /Flagged/,
    ],
    failed: [json({ detail: 'Internal runner error.' }, 500), /runner/],
  },
  Replicate: {
    make: (at, more) => replicate({ ...at('replicate', '/v1'), ...more }).image('black-forest-labs/flux-dev'),
    ...{ result: /^GET .*\/predictions/, look: /^GET .*\/predictions/, gives: 'link' },
    empty: json({ id: 'job1', status: 'succeeded', output: [] }),
    moderated: [json({ id: 'job1', status: 'failed', error: 'NSFW content detected.' }), safety],
    failed: [json({ id: 'job1', status: 'failed', error: 'CUDA out of memory' }), /CUDA/],
  },
  'Black Forest Labs': {
    make: (at, more) => bfl({ ...at('bfl', '/v1'), ...more }).image('flux-2-pro'),
    ...{ result: /^GET .*get_result/, look: /^GET .*get_result/, gives: 'link' },
    empty: json({ id: 'job1', status: 'Ready', result: {} }),
    moderated: [
      json({ id: 'job1', status: 'Request Moderated', details: { 'Moderation Reasons': ['Derivative Works'] } }),
      /Derivative Works/,
    ],
    failed: [json({ id: 'job1', status: 'Error', details: { error: 'Out of disk.' } }), /Out of disk/],
  },
  Ideogram: {
    make: (at, more) => ideogram({ ...at('ideogram'), ...more }).image('ideogram-v3'),
    ...{ result: begin, gives: 'link', empty: json({ data: [] }) },
    moderated: [json({ data: [{ url: null, is_image_safe: false }] }), /unsafe/],
  },
  Luma: {
    make: (at, more) => luma({ ...at('luma', '/dream-machine/v1'), ...more }).image('photon-1'),
    ...{ result: /^GET .*\/generations/, look: /^GET .*\/generations/, gives: 'link' },
    empty: json({ id: 'job1', state: 'completed', assets: {} }),
    moderated: [json({ id: 'job1', state: 'failed', failure_reason: '400: frame0 moderation failed' }), safety],
    failed: [json({ id: 'job1', state: 'failed', failure_reason: 'The farm burned down.' }), /burned/],
  },
  'the web UI of Stable Diffusion': {
    make: (at, more) => webui({ ...at('webui'), ...more }).image('default'),
    ...{ result: /^POST .*txt2img/, gives: 'json', empty: json({ images: [] }) },
    moderated: [json({ error: 'Refused', detail: 'The prompt was flagged by a content filter.' }, 400), safety],
  },
  ComfyUI: {
    make: (at, more) => comfyui({ ...at('comfyui'), ...more }).image('sd_xl_base_1.0.safetensors'),
    ...{ result: /^GET .*\/history/, look: /^GET .*\/(?:history|queue)/, gives: 'own link' },
    empty: ({ body }) =>
      json(Object.fromEntries(Object.entries(body as object).map(([id, entry]) => [id, { ...entry, outputs: {} }]))),
    moderated: [json({ error: { type: 'prompt_refused', message: 'Refused by a content filter.' } }, 400), safety],
  },
  'Midjourney by a proxy': {
    make: (at, more) => midjourney({ ...at('midjourney'), ...more, acceptTerms: true }).image(),
    ...{ result: /^GET .*\/task/, look: /^GET .*\/task/, gives: 'link' },
    empty: json({ id: 'job1', status: 'SUCCESS', imageUrl: '' }),
    moderated: [json({ id: 'job1', status: 'FAILURE', failReason: 'Banned prompt detected.' }), safety],
    failed: [json({ id: 'job1', status: 'FAILURE', failReason: 'The account is closed.' }), /closed/],
  },
}
