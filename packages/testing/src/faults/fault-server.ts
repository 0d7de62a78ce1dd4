import type { Answer } from '../answer.ts'
import { type ModelServer, modelServer } from '../server/model-server.ts'
import type { Reply, ServedRequest } from '../server/reply.ts'
import { type Fault, type FaultTimes, namedFaults, numberedFault } from './faults.ts'
import { healthyReply } from './healthy.ts'

export interface FaultServerOptions extends Partial<FaultTimes> {
  /** Faults of your own by model name; they win over those that are built in. */
  readonly faults?: Readonly<Record<string, Fault>>
}

/** A request to a fault server: which model was asked, and when, in milliseconds since the server started. */
export interface LoggedRequest {
  readonly model: string
  readonly at: number
  readonly request: ServedRequest
}

/** A model service whose models go wrong, each in its own way. */
export interface FaultServer extends Omit<ModelServer, 'reply'> {
  /** All requests so far, in order; of one model when it is named. */
  log(model?: string): readonly LoggedRequest[]
  /** What the next requests to a model get, one after another, whatever its name says; after them, what its name says. */
  script(model: string, ...replies: (Answer | Reply)[]): void
}

/**
 * A model server on a loopback port for tests of failures. The model's name picks the fault: `status-503`, `cut`, `stall`, `limited-seconds`; `healthy` has none.
 * What follows in the name: `-once` or `-twice` lets only the first requests fail, and anything after `@` tells models with the same fault apart.
 *
 * Answers are `healthyAnswer`, sixty words; a conversation that ends with the beginning of that answer gets its rest.
 */
export async function faultServer(options: FaultServerOptions = {}): Promise<FaultServer> {
  const { stall = 30_000, retryAfter = 2_000, faults: own = {} } = options
  const named: Readonly<Record<string, Fault>> = { ...namedFaults({ stall, retryAfter }), ...own }
  const scripts = new Map<string, (Answer | Reply)[]>()
  const entries: LoggedRequest[] = []
  const start = performance.now()

  const server = await modelServer(async (request) => {
    const model = modelOf(request)
    const before = entries.filter((entry) => entry.model === model).length
    entries.push({ model, at: request.at - start, request })
    const scripted = scripts.get(model)?.shift()
    if (scripted !== undefined) return scripted
    const answer = healthyReply(request.body, model)
    const { fault, times } = faultOf(model, named)
    if (!fault) return { error: { status: 404, message: `The model "${model}" does not exist.` } }
    return (before < times ? await fault(request, answer) : undefined) ?? answer
  })
  const { reply: _reply, ...rest } = server
  return {
    ...rest,
    get openSockets() {
      return server.openSockets
    },
    log: (model) => (model === undefined ? entries : entries.filter((entry) => entry.model === model)),
    forget() {
      entries.length = 0
      server.forget()
    },
    script: (model, ...replies) => void scripts.set(model, replies),
  }
}

/** The model of a request: in the body, or in Gemini's path. */
const modelOf = ({ body, path }: ServedRequest): string =>
  typeof body.model === 'string' ? body.model : decodeURIComponent(/\/models\/([^/:]+):/.exec(path)?.[1] ?? '')

const counts: Readonly<Record<string, number>> = { once: 1, twice: 2 }

function faultOf(
  model: string,
  named: Readonly<Record<string, Fault>>,
): { readonly fault: Fault | undefined; readonly times: number } {
  const [name = ''] = model.split('@')
  const [, base = name, count] = /^(.*?)-(once|twice)$/.exec(name) ?? []
  const fault = (Object.hasOwn(named, base) ? named[base] : undefined) ?? numberedFault(base)
  return { fault, times: count === undefined ? Number.POSITIVE_INFINITY : (counts[count] as number) }
}
