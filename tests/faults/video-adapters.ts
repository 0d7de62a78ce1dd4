import type { VideoModel } from '@anymodel/core'
import { azure } from '@anymodel/providers/azure'
import { fal } from '@anymodel/providers/fal'
import { google } from '@anymodel/providers/google'
import { luma } from '@anymodel/providers/luma'
import { openai } from '@anymodel/providers/openai'
import { openaiCompatible } from '@anymodel/providers/openai-compatible'
import { openrouter } from '@anymodel/providers/openrouter'
import { replicate } from '@anymodel/providers/replicate'
import { runway } from '@anymodel/providers/runway'
import { together } from '@anymodel/providers/together'
import { xai } from '@anymodel/providers/xai'
import type { VideoService } from '../conformance/video-services.ts'
import type { FileService } from './made-media.ts'
import { json } from './media-fault.ts'

type At = (service: VideoService, path?: string) => { readonly apiKey: string; readonly baseURL: string }

/** An adapter of videos, and what its service says when things go wrong. */
interface VideoAdapter extends FileService {
  readonly model: (at: At, more?: object) => VideoModel
}

const look = /^GET .*\/(?:videos|tasks|generations|predictions|operations)\/[^/]+$/

/** A job whose state is told by `look`, and its result with it. */
const job = { look, result: look }

const openaiDialect: FileService = {
  ...{ ...job, links: 'own', empty: json({ id: '', status: 'completed' }) },
  moderated: [
    json({ id: 'job1', status: 'failed', error: { code: 'moderation_blocked', message: 'Blocked.' } }),
    /Blocked/,
  ],
  failed: [json({ id: 'job1', status: 'failed', error: { message: 'Out of film.' } }), /Out of film/],
}

/** Every adapter of videos that there is. */
export const videoAdapters: Readonly<Record<string, VideoAdapter>> = {
  "OpenAI's dialect": {
    model: (at, more) => openai({ ...at('openai', '/v1'), ...more }).video('sora-2'),
    ...openaiDialect,
  },
  'Azure OpenAI': {
    ...openaiDialect,
    model: (at, more) => azure({ ...at('openai', '/v1'), ...more }).video('sora-2'),
  },
  'a compatible server': {
    ...openaiDialect,
    model: (at, more) => openaiCompatible({ name: 'house', ...at('openai', '/v1'), ...more }).video('wan'),
  },
  Together: {
    model: (at, more) => together({ ...at('together', '/v2'), ...more }).video('google/veo-3.0'),
    ...{ ...job, links: 'public', empty: json({ id: '', status: 'completed', outputs: {} }) },
    moderated: [json({ id: 'job1', status: 'failed', error: { message: 'The prompt was flagged.' } }), /flagged/],
    failed: [json({ id: 'job1', status: 'failed', error: { message: 'Out of film.' } }), /Out of film/],
  },
  OpenRouter: {
    model: (at, more) => openrouter({ ...at('openrouter', '/api/v1'), ...more }).video('google/veo-3.1'),
    ...{ ...job, links: 'own', empty: json({ id: 'job1', status: 'completed', unsigned_urls: [] }) },
    moderated: [json({ id: 'job1', status: 'failed', error: 'Violates the content policy.' }), /content policy/],
    failed: [json({ id: 'job1', status: 'failed', error: 'Out of film.' }), /Out of film/],
  },
  Veo: {
    model: (at, more) => google({ ...at('google', '/v1beta'), ...more }).video('veo-3.1-generate-preview'),
    ...{ ...job, links: 'own', empty: json({ name: 'x', done: true, response: {} }) },
    moderated: [
      json({
        ...{ name: 'x', done: true },
        response: { generateVideoResponse: { raiMediaFilteredCount: 1, raiMediaFilteredReasons: ['Code 15236754.'] } },
      }),
      /15236754/,
    ],
    failed: [json({ name: 'x', done: true, error: { code: 13, message: 'Out of film.' } }), /Out of film/],
  },
  Runway: {
    model: (at, more) => runway({ ...at('runway', '/v1'), ...more }).video('veo3.1'),
    ...{ ...job, links: 'public', empty: json({ id: 'job1', status: 'SUCCEEDED', output: [] }) },
    moderated: [
      json({ id: 'job1', status: 'FAILED', failure: 'Not possible.', failureCode: 'SAFETY.INPUT.TEXT' }),
      /Not possible/,
    ],
    failed: [
      json({ id: 'job1', status: 'FAILED', failure: 'Out of film.', failureCode: 'INTERNAL.BAD_OUTPUT' }),
      /Out of film/,
    ],
  },
  Luma: {
    model: (at, more) => luma({ ...at('luma', '/dream-machine/v1'), ...more }).video('ray-2'),
    ...{ ...job, links: 'public', empty: json({ id: 'job1', state: 'completed', assets: null }) },
    moderated: [json({ id: 'job1', state: 'failed', failure_reason: 'Prompt moderation failed.' }), /moderation/],
    failed: [json({ id: 'job1', state: 'failed', failure_reason: 'Out of film.' }), /Out of film/],
  },
  xAI: {
    model: (at, more) => xai({ ...at('xai', '/v1'), ...more }).video('grok-imagine-video'),
    ...{ ...job, links: 'public', empty: json({ status: 'done', video: {} }) },
    moderated: [json({ status: 'done', video: { respect_moderation: false } }), /moderation/],
    failed: [json({ status: 'failed', error: { code: 'internal', message: 'Out of film.' } }), /Out of film/],
  },
  fal: {
    model: (at, more) => fal({ ...at('fal'), ...more }).video('fal-ai/veo3'),
    ...{ look: /^GET .*\/status/, result: /^GET .*\/requests\/\w+$/, links: 'public', empty: json({ video: null }) },
    moderated: [
      json({ detail: [{ loc: ['body', 'prompt'], msg: 'Flagged.', type: 'content_policy_violation' }] }, 422),
      /Flagged/,
    ],
    failed: [json({ detail: 'Internal runner error.' }, 500), /runner/],
  },
  Replicate: {
    model: (at, more) => replicate({ ...at('replicate', '/v1'), ...more }).video('google/veo-3.1'),
    ...{ ...job, links: 'public', empty: json({ id: 'job1', status: 'succeeded', output: [] }) },
    moderated: [json({ id: 'job1', status: 'failed', error: 'NSFW content detected.' }), /NSFW/],
    failed: [json({ id: 'job1', status: 'failed', error: 'Out of film.' }), /Out of film/],
  },
}
