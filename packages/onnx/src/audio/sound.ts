/** One channel of sound: samples between -1 and 1. */
export interface Sound {
  /** Samples per second. */
  readonly rate: number
  readonly samples: Float32Array
}

/** Most sound that one request may bring: 6 hours at 16 kHz are 1.4 GB. */
export const longestSeconds: number = 6 * 3_600
