/** Pixels as bytes of red, green and blue, row after row. */
export interface Picture {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
}
