/** One channel of sound: samples between -1 and 1. */
export interface Sound {
  /** Samples per second. */
  readonly rate: number
  readonly samples: Float32Array
}

/** Most sound that one request may bring: 4 hours at 16 kHz are 0.9 GB of memory. */
export const longestSeconds: number = 4 * 3_600
