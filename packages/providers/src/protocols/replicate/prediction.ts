import { AnyModelError, type Json, type JsonObject } from '@anymodel/core'
import { jobState } from '../../media/job-state.ts'
import { objectOf } from '../../media/run-steps.ts'
import type { Ask, AskReply, Step, StepContext } from '../../media/steps.ts'
import { Reported } from '../../reported.ts'

/** Of a prediction, what we read. */
interface Prediction {
  readonly id?: string
  readonly status?: string
  readonly output?: Json
  readonly error?: Json
  readonly logs?: string
  readonly urls?: { readonly get?: string; readonly cancel?: string }
  readonly metrics?: JsonObject
}

/** What came of a prediction. */
export interface Predicted {
  readonly id: string | undefined
  /** Links to files, however the model wraps them. */
  readonly files: readonly string[]
  readonly metrics: JsonObject | undefined
}

interface Begin {
  /** Seconds that the request may take until the prediction is done, 0 to 60. One that takes longer is told as begun. */
  readonly wait?: number
  readonly webhook?: string | undefined
}

/** Begins a prediction: of an official model by its name, of any other by its version (`owner/name:version`, or the version alone), of a deployment by `deployments/owner/name`. */
export function predict(model: string, input: JsonObject, { wait = 0, webhook }: Begin): Ask {
  if (!(wait >= 0 && wait <= 60))
    throw new AnyModelError('invalid-argument', `wait must be a number of seconds from 0 to 60, not ${wait}.`)
  const [name = '', version] = model.includes(':') ? model.split(':') : model.includes('/') ? [model] : ['', model]
  const place = name.startsWith('deployments/') ? name : `models/${name}`
  const path = version ? '/predictions' : `/${place}/predictions`
  return {
    path,
    ...(wait > 0 && { headers: { prefer: `wait=${Math.ceil(wait)}` } }),
    body: { input, ...(version && { version }), ...(webhook && { webhook, webhook_events_filter: ['completed'] }) },
  }
}

/** What a reply about a prediction means. */
export function readPrediction(reply: AskReply, { target }: Pick<StepContext<unknown>, 'target'>): Step<Predicted> {
  const prediction = objectOf(reply) as Prediction
  const { id, status, urls = {}, output, metrics } = prediction
  const state = jobState(status)
  if (state === 'failed' || state === 'cancelled') throw failed(prediction, target)
  if (state === 'done') return { type: 'done', result: { id, files: filesIn(output), metrics } }
  const path = urls.get ?? (id && `/predictions/${id}`)
  if (!path) throw new AnyModelError('malformed', 'Replicate began a prediction without saying where it is.')
  const cancel = urls.cancel ?? (id && `/predictions/${id}/cancel`)
  const progress = progressIn(prediction.logs)
  return {
    type: 'ask',
    ask: { path, method: 'GET' },
    wait: true,
    ...(progress !== undefined && { progress }),
    ...(cancel && { cancel: { path: cancel, method: 'POST' } }),
  }
}

/** A model's own error is a text, and NSFW filters are such errors. */
function failed({ error, status }: Prediction, target: StepContext<unknown>['target']): Error {
  const message = typeof error === 'string' && error !== '' ? error : `The prediction ended with ${status}.`
  if (/nsfw|safety|sensitive|flagged/i.test(message))
    return new AnyModelError('content-filter', `${target.provider}/${target.model}: ${message}`)
  return new Reported({ ...target, body: { message } })
}

/** Most models write a progress bar into their logs: the last percentage counts. */
function progressIn(logs: string | undefined): number | undefined {
  const last = [...(logs ?? '').slice(-2_000).matchAll(/(\d{1,3})%\|/g)].at(-1)?.[1]
  return last === undefined ? undefined : Math.min(100, Number(last)) / 100
}

function filesIn(output: Json | undefined): string[] {
  if (typeof output === 'string') return /^(?:https?:|data:)/.test(output) ? [output] : []
  if (Array.isArray(output)) return output.flatMap(filesIn)
  return typeof output === 'object' && output !== null ? Object.values(output).flatMap(filesIn) : []
}
