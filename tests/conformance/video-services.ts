import {
  type Answer,
  type Asked,
  idIn,
  type Job,
  loopbackServices,
  missing,
  refused,
  type Service,
  type Spoil,
} from './loopback-services.ts'

/** The boxes of an MP4 file; whose it is stands in place of its pictures. */
const film = (id: string): Buffer =>
  Buffer.concat([Buffer.from('\0\0\0\x10ftypisom\0\0\0\0\0\0\0\x30mdat'), Buffer.alloc(40, id)])
const file = (id: string): Answer => ({ headers: { 'content-type': 'video/mp4' }, body: film(id) })
const link = ({ here }: Asked, id: string): string => `${here}/files/${id}.mp4`

const gone = missing('There is no such job.')

/** https://platform.openai.com/docs/api-reference/videos */
const openai: Service = ({ method, path, json, text }, jobs) => {
  const words = { waiting: 'queued', running: 'in_progress', done: 'completed', cancelled: 'failed' }
  const told = ({ id, state }: Job) => ({
    body: {
      id,
      object: 'video',
      model: 'sora-2',
      status: words[state],
      progress: state === 'running' ? 50 : 0,
      error: null,
    },
  })
  const seconds = (json.seconds as string | undefined) ?? idIn(text, /name="seconds"\r\n\r\n(\d+)/)
  if (method === 'POST')
    return !seconds || ['4', '8', '12'].includes(seconds)
      ? told(jobs.begin())
      : refused('seconds must be "4", "8" or "12".')
  const id = idIn(path, /\/videos\/([^/?]+)/)
  if (path.includes('/content')) return file(id)
  const job = jobs.look(id)
  return job ? told(job) : gone
}

/** https://docs.together.ai/reference/create-videos */
const together: Service = (asked, jobs) => {
  const words = { waiting: 'in_progress', running: 'in_progress', done: 'completed', cancelled: 'failed' }
  const told = ({ id, state }: Job) => ({
    body: {
      id,
      object: 'video',
      status: words[state],
      ...(state === 'done' && { outputs: { cost: 2, video_url: link(asked, id) } }),
    },
  })
  const { method, path, json } = asked
  if (method === 'POST') return typeof json.seconds === 'number' ? refused('seconds is a text.') : told(jobs.begin())
  const job = jobs.look(idIn(path, /\/videos\/([^/]+)/))
  return job ? told(job) : gone
}

/** https://openrouter.ai/docs/api-reference/videos */
const openrouter: Service = ({ method, path, json }, jobs) => {
  const words = { waiting: 'pending', running: 'in_progress', done: 'completed', cancelled: 'cancelled' }
  const told = ({ id, state }: Job) => ({
    body: {
      id,
      polling_url: `/api/v1/videos/${id}`,
      status: words[state],
      ...(state === 'done' && { unsigned_urls: ['https://storage.example.com/video.mp4'], usage: { cost: 0.5 } }),
    },
  })
  if (method === 'POST')
    return typeof json.duration === 'string' ? refused('duration is a number.') : { status: 202, ...told(jobs.begin()) }
  const id = idIn(path, /\/videos\/([^/?]+)/)
  if (path.includes('/content')) return file(id)
  const job = jobs.look(id)
  return job ? told(job) : gone
}

/** https://ai.google.dev/gemini-api/docs/video */
const google: Service = (asked, jobs) => {
  const { method, path, json } = asked
  const [, model] = /models\/([^/:]+)/.exec(path) ?? []
  const download = idIn(path, /\/files\/([^/:]+):download/)
  if (download) return file(download)
  const told = ({ id, state }: Job): Answer => {
    const uri = `${asked.here}/v1beta/files/${id}:download?alt=media`
    const response = { generateVideoResponse: { generatedSamples: [{ video: { uri } }] } }
    return { body: { name: `models/${model}/operations/${id}`, ...(state === 'done' && { done: true, response }) } }
  }
  if (method !== 'POST') {
    const job = jobs.look(idIn(path, /\/operations\/([^/]+)/))
    return job ? told(job) : gone
  }
  const { parameters = {}, instances } = json as { parameters?: Record<string, unknown>; instances?: unknown }
  if (!Array.isArray(instances) || !path.endsWith(':predictLongRunning')) return refused('instances must be a list.')
  const known = ['aspectRatio', 'resolution', 'durationSeconds', 'negativePrompt', 'sampleCount', 'personGeneration']
  const strange = Object.keys(parameters).filter((name) => !known.includes(name))
  return strange.length > 0 ? refused(`There is no parameter ${strange}.`) : told(jobs.begin())
}

/** https://docs.dev.runwayml.com/api */
const runway: Service = (asked, jobs) => {
  const { method, path, json } = asked
  const id = idIn(path, /\/tasks\/([^/]+)/)
  if (method === 'DELETE') {
    jobs.cancel(id)
    return { status: 204 }
  }
  if (method === 'POST') {
    if (typeof json.ratio !== 'string' || !/^\d+:\d+$/.test(json.ratio))
      return refused('ratio must look like 1280:720.')
    if (path.endsWith('/image_to_video') !== 'promptImage' in json)
      return refused('promptImage goes to image_to_video.')
    return { body: { id: jobs.begin().id, estimatedCost: { credits: 25 } } }
  }
  const job = jobs.look(id)
  if (!job) return { status: 404, body: { error: 'There is no such task.' } }
  const told = {
    waiting: { status: 'PENDING', estimatedCost: { credits: 25 } },
    running: { status: 'RUNNING', progress: 0.5, estimatedCost: { credits: 25 } },
    done: { status: 'SUCCEEDED', output: [link(asked, id)], cost: { credits: 25 } },
    cancelled: { status: 'CANCELLED' },
  }
  return { body: { id, createdAt: '2026-11-23T00:00:00Z', ...told[job.state] } }
}

/** https://docs.lumalabs.ai/reference */
const luma: Service = (asked, jobs) => {
  const { method, path, json } = asked
  const words = { waiting: 'queued', running: 'dreaming', done: 'completed', cancelled: 'failed' }
  const told = ({ id, state }: Job) => ({
    body: { id, state: words[state], assets: state === 'done' ? { video: link(asked, id) } : null },
  })
  if (method === 'POST') {
    const { duration } = json
    if (duration !== undefined && duration !== '5s' && duration !== '9s') return refused('duration is 5s or 9s.')
    return { status: 201, ...told(jobs.begin()) }
  }
  const id = idIn(path, /\/generations\/([^/]+)/)
  if (method === 'DELETE') {
    jobs.cancel(id)
    return { status: 204 }
  }
  const job = jobs.look(id)
  return job ? told(job) : gone
}

/** https://docs.x.ai/developers/model-capabilities/video */
const xai: Service = (asked, jobs) => {
  const { method, path } = asked
  if (method === 'POST') return path.endsWith('/videos/generations') ? { body: { request_id: jobs.begin().id } } : gone
  const job = jobs.look(idIn(path, /\/videos\/([^/]+)/))
  if (!job) return { status: 404, body: { code: 'not-found', error: 'There is no such request.' } }
  if (job.state !== 'done')
    return { status: 202, body: { status: 'pending', progress: job.state === 'running' ? 50 : 0 } }
  const video = { url: link(asked, job.id), duration: 8, respect_moderation: true }
  return { body: { status: 'done', video, model: 'grok-imagine-video', usage: { cost_in_usd_ticks: 5 } } }
}

/** https://docs.fal.ai/model-endpoints/queue */
const fal: Service = (asked, jobs) => {
  const { method, path, here } = asked
  const at = (id: string) => `${here}/fal-ai/veo3/requests/${id}`
  const told = ({ id, state }: Job) => ({
    request_id: id,
    status: { waiting: 'IN_QUEUE', running: 'IN_PROGRESS', done: 'COMPLETED', cancelled: 'CANCELLED' }[state],
    status_url: `${at(id)}/status`,
    response_url: at(id),
    cancel_url: `${at(id)}/cancel`,
  })
  const id = idIn(path, /\/requests\/([^/?]+)/)
  if (method === 'PUT') {
    jobs.cancel(id)
    return { status: 202, body: { status: 'CANCELLATION_REQUESTED' } }
  }
  if (method === 'POST') return { body: told(jobs.begin()) }
  if (!/\/status(?:\?|$)/.test(path)) return { body: { video: { url: link(asked, id), content_type: 'video/mp4' } } }
  const job = jobs.look(id)
  return job ? { body: told(job) } : { status: 404, body: { detail: 'Request not found' } }
}

/** https://replicate.com/docs/reference/http */
const replicate: Service = (asked, jobs) => {
  const { method, path, here } = asked
  const told = ({ id, state }: Job) => ({
    body: {
      id,
      status: { waiting: 'starting', running: 'processing', done: 'succeeded', cancelled: 'canceled' }[state],
      logs: state === 'running' ? ' 50%|#####     |' : '',
      output: state === 'done' ? link(asked, id) : null,
      error: null,
      urls: { get: `${here}/v1/predictions/${id}`, cancel: `${here}/v1/predictions/${id}/cancel` },
    },
  })
  const id = idIn(path, /\/predictions\/([^/]+)/)
  if (path.endsWith('/cancel')) {
    jobs.cancel(id)
    return told({ id, state: 'cancelled' })
  }
  if (method === 'POST') return { status: 201, ...told(jobs.begin()) }
  const job = jobs.look(id)
  return job ? told(job) : { status: 404, body: { detail: 'Not found', status: 404 } }
}

const services = { openai, together, openrouter, google, runway, luma, xai, fal, replicate } as const

/** Services that the suite and the official SDKs know. */
export type VideoService = keyof typeof services

const fileAt = ({ path }: Asked): Answer | undefined => {
  const id = idIn(path, /^\/files\/([^/]+)\.mp4$/)
  return id === '' ? undefined : file(id)
}

/** All of them on one loopback server, each below a path of its own; jobs are done at the third look. */
export const videoServices = async (spoil?: Spoil) => ({
  ...(await loopbackServices<VideoService>(services, fileAt, { spoil })),
  film,
})
