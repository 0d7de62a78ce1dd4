import { AnyModelError, type Json } from '@anymodel/core'
import { objectOf } from '../../media/run-steps.ts'
import type { Ask, AskReply, Drawing, Drawn, Step } from '../../media/steps.ts'
import type { Target } from '../../protocol.ts'
import { Reported } from '../../reported.ts'

interface Entry {
  /** Number, id, graph, and more. */
  readonly prompt?: readonly Json[]
  readonly outputs?: Readonly<Record<string, { readonly images?: readonly File[] }>>
  readonly status?: { readonly status_str?: string; readonly messages?: readonly (readonly [string, Problem])[] }
}

interface Problem {
  readonly exception_message?: string
  readonly node_type?: string
}

interface File {
  readonly filename?: string
  readonly subfolder?: string
  readonly type?: string
}

const idIn = ({ path }: Ask): string => decodeURIComponent(/(?:\/history\/|prompt_id=)([^?&]+)/.exec(path)?.[1] ?? '')

/** What is done is in the history. What is not there is looked for in the queue; what is in neither is lost. */
export function readHistory(reply: AskReply, target: Target): Step<Drawing> {
  const id = idIn(reply.asked)
  const entry = objectOf(reply)[id] as Entry | undefined
  if (entry) return { type: 'done', result: toDrawing(entry, id, target) }
  if (reply.asked.path.endsWith('?last'))
    throw new AnyModelError(
      'not-found',
      `ComfyUI has lost workflow ${id}: it was restarted, or the job was deleted. Ask again.`,
    )
  return { type: 'ask', ask: { path: `/queue?prompt_id=${encodeURIComponent(id)}` } }
}

/** A workflow that waits is taken out of the queue when the caller gives up; one that runs is interrupted. */
export function readQueue(reply: AskReply): Step<Drawing> {
  const id = idIn(reply.asked)
  const { queue_running: running, queue_pending: pending } = objectOf(reply)
  const holds = (queue: unknown) => Array.isArray(queue) && queue.some((item) => Array.isArray(item) && item[1] === id)
  const path = `/history/${encodeURIComponent(id)}`
  if (holds(running))
    return { type: 'ask', ask: { path }, wait: true, cancel: { path: '/interrupt', body: { prompt_id: id } } }
  if (holds(pending))
    return { type: 'ask', ask: { path }, wait: true, cancel: { path: '/queue', body: { delete: [id] } } }
  return { type: 'ask', ask: { path: `${path}?last` } }
}

function toDrawing({ outputs = {}, status, prompt }: Entry, id: string, target: Target): Drawing {
  const messages = status?.messages ?? []
  const problem = messages.find(([name]) => name === 'execution_error')?.[1]
  if (problem) throw failed(problem, target)
  if (messages.some(([name]) => name === 'execution_interrupted'))
    throw new AnyModelError('server', `${target.provider}/${target.model}: somebody interrupted the workflow.`)
  const files = Object.values(outputs).flatMap(({ images = [] }) => images)
  // Nodes that show what is on the way write to `temp`; a workflow that saves nothing has nothing else.
  const saved = files.filter(({ type }) => type === 'output')
  const seed = seedIn(prompt?.[2])
  return { id, images: (saved.length > 0 ? saved : files).map((file) => toDrawn(file, seed)) }
}

/** A picture that can't be read is the caller's; what else a node fails of is the server's. */
function failed({ exception_message: words = 'no reason given', node_type: node = 'a node' }: Problem, target: Target) {
  const message = `${node}: ${words.trim()}`
  if (!node.startsWith('LoadImage')) return new Reported({ ...target, body: { message } })
  return new AnyModelError('bad-request', `${target.provider}/${target.model}: a picture can't be read (${message}).`)
}

function toDrawn({ filename = '', subfolder = '', type = 'output' }: File, seed: number | undefined): Drawn {
  const query = new URLSearchParams({ filename, subfolder, type })
  return { media: { url: `/view?${query}`, authorized: true }, ...(seed !== undefined && { seed }) }
}

/** The seed of a graph, if all of its nodes have the same. */
function seedIn(graph: Json | undefined): number | undefined {
  const nodes = typeof graph === 'object' && graph !== null ? Object.values(graph) : []
  const inputs = nodes.map((node) => (node as { inputs?: { seed?: Json; noise_seed?: Json } } | null)?.inputs)
  const seeds = new Set(inputs.flatMap((input) => input?.seed ?? input?.noise_seed ?? []))
  const [seed] = seeds
  return seeds.size === 1 && typeof seed === 'number' ? seed : undefined
}
