/** An error as a service reported it: in an error response, in a body under status 200, or inside a stream. */
export interface WireError {
  readonly provider: string
  readonly model: string
  /** Absent for errors inside a stream. */
  readonly status?: number | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** The parsed body, or its text when it is not JSON. */
  readonly body: unknown
}

/** Thrown by decoders for an error that stands in the answer. What it means is told by `wireError`, which is loaded with the first error. */
export class Reported extends Error {
  readonly wire: WireError

  constructor(wire: WireError) {
    super('The service reported an error in its answer.')
    this.wire = wire
  }
}
