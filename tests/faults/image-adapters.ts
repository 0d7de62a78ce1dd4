import type { ImageModel } from '@anymodel/core'
import { azure } from '@anymodel/providers/azure'
import { bfl } from '@anymodel/providers/bfl'
import { comfyui } from '@anymodel/providers/comfyui'
import { fal } from '@anymodel/providers/fal'
import { google } from '@anymodel/providers/google'
import { huggingface } from '@anymodel/providers/huggingface'
import { ideogram } from '@anymodel/providers/ideogram'
import { luma } from '@anymodel/providers/luma'
import { midjourney } from '@anymodel/providers/midjourney'
import { openai } from '@anymodel/providers/openai'
import { openrouter } from '@anymodel/providers/openrouter'
import { recraft } from '@anymodel/providers/recraft'
import { replicate } from '@anymodel/providers/replicate'
import { stability } from '@anymodel/providers/stability'
import { together } from '@anymodel/providers/together'
import { webui } from '@anymodel/providers/webui'
import { xai } from '@anymodel/providers/xai'
import type { ImageService } from '../conformance/image-services.ts'
import type { FileService } from './made-media.ts'
import { json } from './media-fault.ts'

type At = (service: ImageService, path?: string) => { readonly apiKey: string; readonly baseURL: string }

/** An adapter of pictures, and what its service says when things go wrong. */
export interface ImageAdapter extends FileService {
  readonly model: (at: At, more?: object) => ImageModel
}

const safety = /safety|moderat|filter|nsfw|sensitive|banned|flagged/i
const openaiRefusal = json(
  { error: { code: 'moderation_blocked', message: 'Your request was rejected by the safety system.' } },
  400,
)

/** Every adapter of pictures that there is. */
export const imageAdapters: Readonly<Record<string, ImageAdapter>> = {
  OpenAI: {
    model: (at, more) => openai({ ...at('openai', '/v1'), ...more }).image('gpt-image-2'),
    ...{ empty: json({ data: [] }), moderated: [openaiRefusal, safety] },
  },
  'Azure OpenAI': {
    model: (at, more) => azure({ ...at('azure', '/openai/v1'), ...more }).image('gpt-image-2'),
    ...{ empty: json({ data: [] }) },
    moderated: [
      json(
        {
          error: {
            code: 'contentFilter',
            message: 'Your task failed as a result of our safety system.',
            inner_error: { content_filter_results: { violence: { filtered: true, severity: 'high' } } },
          },
        },
        400,
      ),
      /\(violence: high\)/,
    ],
  },
  OpenRouter: {
    model: (at, more) => openrouter({ ...at('openrouter', '/api/v1'), ...more }).image('openai/gpt-5-image'),
    ...{ empty: json({ created: 1, data: [] }) },
    moderated: [
      json({ error: { code: 403, message: 'It requires moderation. Your input was flagged for "sexual".' } }, 403),
      /flagged/,
    ],
  },
  xAI: {
    model: (at, more) => xai({ ...at('xai', '/v1'), ...more }).image('grok-imagine-image'),
    ...{ empty: json({ data: [{}] }) },
    moderated: [json({ code: 'content_policy_violation', error: 'Content flagged by moderation.' }, 400), safety],
  },
  Together: {
    model: (at, more) => together({ ...at('together', '/v1'), ...more }).image('black-forest-labs/FLUX.1-dev'),
    ...{ empty: json({ data: [{ index: 0 }] }) },
    moderated: [json({ error: { message: 'NSFW content: the prompt violates our content policy.' } }, 422), safety],
  },
  Recraft: {
    model: (at, more) => recraft({ ...at('recraft', '/v1'), ...more }).image('recraftv4'),
    ...{ empty: json({ created: 1, data: [] }) },
    moderated: [json({ code: 'content_policy_violation', message: 'The prompt was flagged.' }, 400), safety],
  },
  Gemini: {
    model: (at, more) => google({ ...at('google', '/v1beta'), ...more }).image('gemini-3-pro-image'),
    ...{ empty: json({ candidates: [{ content: {}, finishReason: 'STOP' }] }) },
    moderated: [json({ candidates: [{ finishReason: 'IMAGE_SAFETY', finishMessage: 'Unsafe.' }] }), /Unsafe/],
  },
  Imagen: {
    model: (at, more) => google({ ...at('google', '/v1beta'), ...more }).image('imagen-4.0-generate-001'),
    ...{ empty: json({ predictions: [{ mimeType: 'image/png' }] }) },
    moderated: [json({ predictions: [{ raiFilteredReason: 'Support code: 29310472.' }] }), /29310472/],
  },
  Stability: {
    model: (at, more) => stability({ ...at('stability', '/v2beta'), ...more }).image('ultra'),
    ...{ empty: json({ finish_reason: 'SUCCESS' }) },
    moderated: [json({ name: 'content_moderation', errors: ['Flagged by our moderation.'] }, 403), safety],
  },
  'Hugging Face': {
    model: (at, more) => huggingface({ ...at('huggingface'), ...more }).image('stabilityai/sdxl'),
    ...{ empty: json({ images: [] }) },
    moderated: [json({ error: 'NSFW content detected: flagged by the safety checker.' }, 400), safety],
  },
  fal: {
    model: (at, more) => fal({ ...at('fal'), ...more }).image('fal-ai/flux'),
    ...{ result: /^GET .*\/requests\/\w+$/, links: 'public', look: /^GET .*\/status/, empty: json({ images: [] }) },
    moderated: [
      json({ detail: [{ loc: ['body', 'prompt'], msg: 'Flagged.', type: 'content_policy_violation' }] }, 422),
      /Flagged/,
    ],
    failed: [json({ detail: 'Internal runner error.' }, 500), /runner/],
  },
  Replicate: {
    model: (at, more) => replicate({ ...at('replicate', '/v1'), ...more }).image('black-forest-labs/flux-dev'),
    ...{ result: /^GET .*\/predictions/, look: /^GET .*\/predictions/, links: 'public' },
    empty: json({ id: 'job1', status: 'succeeded', output: [] }),
    moderated: [json({ id: 'job1', status: 'failed', error: 'NSFW content detected.' }), safety],
    failed: [json({ id: 'job1', status: 'failed', error: 'CUDA out of memory' }), /CUDA/],
  },
  'Black Forest Labs': {
    model: (at, more) => bfl({ ...at('bfl', '/v1'), ...more }).image('flux-2-pro'),
    ...{ result: /^GET .*get_result/, look: /^GET .*get_result/, links: 'public' },
    empty: json({ id: 'job1', status: 'Ready', result: {} }),
    moderated: [
      json({ id: 'job1', status: 'Request Moderated', details: { 'Moderation Reasons': ['Derivative Works'] } }),
      /Derivative Works/,
    ],
    failed: [json({ id: 'job1', status: 'Error', details: { error: 'Out of disk.' } }), /Out of disk/],
  },
  Ideogram: {
    model: (at, more) => ideogram({ ...at('ideogram'), ...more }).image('ideogram-v3'),
    ...{ links: 'public', empty: json({ data: [] }) },
    moderated: [json({ data: [{ url: null, is_image_safe: false }] }), /unsafe/],
  },
  Luma: {
    model: (at, more) => luma({ ...at('luma', '/dream-machine/v1'), ...more }).image('photon-1'),
    ...{ result: /^GET .*\/generations/, look: /^GET .*\/generations/, links: 'public' },
    empty: json({ id: 'job1', state: 'completed', assets: {} }),
    moderated: [json({ id: 'job1', state: 'failed', failure_reason: '400: frame0 moderation failed' }), safety],
    failed: [json({ id: 'job1', state: 'failed', failure_reason: 'The farm burned down.' }), /burned/],
  },
  'the web UI of Stable Diffusion': {
    model: (at, more) => webui({ ...at('webui'), ...more }).image('default'),
    ...{ result: /^POST .*txt2img/, empty: json({ images: [] }) },
    moderated: [json({ error: 'Refused', detail: 'The prompt was flagged by a content filter.' }, 400), safety],
  },
  ComfyUI: {
    model: (at, more) => comfyui({ ...at('comfyui'), ...more }).image('sd_xl_base_1.0.safetensors'),
    ...{ result: /^GET .*\/history/, look: /^GET .*\/(?:history|queue)/, links: 'own' },
    empty: ({ body }) =>
      json(Object.fromEntries(Object.entries(body as object).map(([id, entry]) => [id, { ...entry, outputs: {} }]))),
    moderated: [
      json({ error: { type: 'prompt_refused', message: 'Refused by a content filter.' } }, 400),
      safety,
      /^POST /,
    ],
  },
  'Midjourney by a proxy': {
    model: (at, more) => midjourney({ ...at('midjourney'), ...more, acceptTerms: true }).image(),
    ...{ result: /^GET .*\/task/, look: /^GET .*\/task/, links: 'public' },
    empty: json({ id: 'job1', status: 'SUCCESS', imageUrl: '' }),
    moderated: [json({ id: 'job1', status: 'FAILURE', failReason: 'Banned prompt detected.' }), safety],
    failed: [json({ id: 'job1', status: 'FAILURE', failReason: 'The account is closed.' }), /closed/],
  },
}
