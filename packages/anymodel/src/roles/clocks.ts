import type { TimeoutOptions } from '@anymodel/core'
import type { ProviderType } from '../config/config.ts'
import type { Kind } from './kinds.ts'

/** How long answers may take. */
export interface Clocks {
  /** Of each attempt. */
  readonly attempt: TimeoutOptions
  /** Of all attempts together, in ms. */
  readonly total?: number | undefined
}

/** Reasoning models think for minutes before they say anything. */
const texts: TimeoutOptions = { firstContent: 180_000, idle: 120_000, total: 900_000 }

/** Clocks that tick while a request travels: other kinds don't tell when it is written. */
const travelling = ['connect', 'headers'] as const

/** What runs unless the config says otherwise. Pictures, sound and videos take as long as they take: a job of theirs has an hour, a silent connection ten minutes. */
function usual(kind: Kind, type: ProviderType | undefined): TimeoutOptions {
  const isHosted = type !== undefined && type !== 'onnx'
  if (kind === 'text' || kind === 'code') return { ...(isHosted && { connect: 10_000 }), ...texts }
  return (kind === 'embedding' || kind === 'rerank') && isHosted ? { firstContent: 180_000 } : {}
}

/** The clocks of a model, by its kind, who runs it (nothing: it was made by hand), and what the config sets. Local models have no connection to wait for, so that a role may go from hosted to local in one line. */
export function clocksOf(kind: Kind, type: ProviderType | undefined, given: TimeoutOptions): Clocks {
  const { total, ...attempt } = { ...usual(kind, type), ...given }
  if (type !== 'onnx') return { attempt, total }
  const { connect: _connect, headers: _headers, ...local } = attempt
  return { attempt: local, total }
}

/** Clocks that the config sets and models of a kind do not follow. */
export const unheardClocks = (kind: Kind, given: TimeoutOptions): readonly string[] =>
  kind === 'text' || kind === 'code'
    ? []
    : travelling.filter((clock) => given[clock] !== undefined).map((clock) => `timeouts.${clock}`)
