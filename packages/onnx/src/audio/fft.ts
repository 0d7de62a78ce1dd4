/** A Fourier transform of one length; it owns its memory and is not to be shared by computations that interleave. */
export interface Fft {
  /** Real and imaginary parts that go in; they are written over. */
  readonly re: Float64Array
  readonly im: Float64Array
  /** Transforms them; what comes out stands in the arrays it gives, in order, until the next run. */
  run(): { readonly re: Float64Array; readonly im: Float64Array }
}

/** A step of the transform: it splits the length by `radix`. */
interface Stage {
  readonly radix: number
  /** Transforms of this stage that are already joined. */
  readonly joined: number
  /** Twiddle factors: for each position below `joined`, `radix - 1` of them. */
  readonly cos: Float64Array
  readonly sin: Float64Array
}

/** A transform of a length whose only prime factors are 2 and 5 (Stockham's order, which needs no bit reversal); `undefined` for others. */
export function fft(length: number): Fft | undefined {
  const radixes = factors(length)
  if (!radixes) return undefined
  let joined = 1
  const stages: Stage[] = radixes.map((radix) => {
    const stage = { radix, joined, ...twiddles(radix, joined) }
    joined *= radix
    return stage
  })
  const arrays = () => ({ re: new Float64Array(length), im: new Float64Array(length) })
  const input = arrays()
  const spare = arrays()
  return {
    ...input,
    run() {
      let [from, to] = [input, spare]
      for (const stage of stages) {
        joins[stage.radix]?.(stage, length / (stage.joined * stage.radix), from, to)
        ;[from, to] = [to, from]
      }
      return from
    },
  }
}

function factors(length: number): number[] | undefined {
  if (!Number.isInteger(length) || length < 1 || length > 65_536) return undefined
  const found: number[] = []
  let rest = length
  for (const radix of [4, 2, 5]) {
    for (; rest % radix === 0; rest /= radix) found.push(radix)
  }
  return rest === 1 ? found : undefined
}

function twiddles(radix: number, joined: number): { cos: Float64Array; sin: Float64Array } {
  const cos = new Float64Array(joined * (radix - 1))
  const sin = new Float64Array(joined * (radix - 1))
  for (let k = 0; k < joined; k++) {
    for (let r = 1; r < radix; r++) {
      const angle = (-2 * Math.PI * k * r) / (joined * radix)
      cos[k * (radix - 1) + r - 1] = Math.cos(angle)
      sin[k * (radix - 1) + r - 1] = Math.sin(angle)
    }
  }
  return { cos, sin }
}

interface Complex {
  readonly re: Float64Array
  readonly im: Float64Array
}

type Butterfly = (stage: Stage, groups: number, from: Complex, to: Complex) => void

/** The short transform in place, of values that were turned already. */
type Join = (re: Float64Array, im: Float64Array) => void

/** Joins `radix` transforms of length `joined` each; `groups` of them lie side by side. */
const joining =
  (radix: number, join: Join): Butterfly =>
  ({ joined, cos, sin }, groups, from, to) => {
    const re = new Float64Array(radix)
    const im = new Float64Array(radix)
    for (let k = 0; k < joined; k++) {
      const twiddle = k * (radix - 1) - 1
      for (let group = 0; group < groups; group++) {
        let at = k * groups * radix + group
        re[0] = from.re[at] as number
        im[0] = from.im[at] as number
        for (let r = 1; r < radix; r++) {
          at += groups
          const a = from.re[at] as number
          const b = from.im[at] as number
          const c = cos[twiddle + r] as number
          const s = sin[twiddle + r] as number
          re[r] = a * c - b * s
          im[r] = a * s + b * c
        }
        join(re, im)
        for (let r = 0, target = k * groups + group; r < radix; r++, target += joined * groups) {
          to.re[target] = re[r] as number
          to.im[target] = im[r] as number
        }
      }
    }
  }

const join2: Join = (re, im) => {
  const [a, b] = [re[0] as number, im[0] as number]
  const [c, d] = [re[1] as number, im[1] as number]
  re[0] = a + c
  im[0] = b + d
  re[1] = a - c
  im[1] = b - d
}

const join4: Join = (re, im) => {
  const sumRe = (re[0] as number) + (re[2] as number)
  const sumIm = (im[0] as number) + (im[2] as number)
  const lessRe = (re[0] as number) - (re[2] as number)
  const lessIm = (im[0] as number) - (im[2] as number)
  const oddSumRe = (re[1] as number) + (re[3] as number)
  const oddSumIm = (im[1] as number) + (im[3] as number)
  const oddLessRe = (re[1] as number) - (re[3] as number)
  const oddLessIm = (im[1] as number) - (im[3] as number)
  re[0] = sumRe + oddSumRe
  im[0] = sumIm + oddSumIm
  re[1] = lessRe + oddLessIm
  im[1] = lessIm - oddLessRe
  re[2] = sumRe - oddSumRe
  im[2] = sumIm - oddSumIm
  re[3] = lessRe - oddLessIm
  im[3] = lessIm + oddLessRe
}

const [cos1, cos2] = [Math.cos((2 * Math.PI) / 5), Math.cos((4 * Math.PI) / 5)]
const [sin1, sin2] = [Math.sin((2 * Math.PI) / 5), Math.sin((4 * Math.PI) / 5)]

const join5: Join = (re, im) => {
  const r0 = re[0] as number
  const i0 = im[0] as number
  const outerRe = (re[1] as number) + (re[4] as number)
  const outerIm = (im[1] as number) + (im[4] as number)
  const outerLessRe = (re[1] as number) - (re[4] as number)
  const outerLessIm = (im[1] as number) - (im[4] as number)
  const innerRe = (re[2] as number) + (re[3] as number)
  const innerIm = (im[2] as number) + (im[3] as number)
  const innerLessRe = (re[2] as number) - (re[3] as number)
  const innerLessIm = (im[2] as number) - (im[3] as number)
  const nearRe = r0 + cos1 * outerRe + cos2 * innerRe
  const nearIm = i0 + cos1 * outerIm + cos2 * innerIm
  const farRe = r0 + cos2 * outerRe + cos1 * innerRe
  const farIm = i0 + cos2 * outerIm + cos1 * innerIm
  const nearTurnRe = sin1 * outerLessIm + sin2 * innerLessIm
  const nearTurnIm = -sin1 * outerLessRe - sin2 * innerLessRe
  const farTurnRe = sin2 * outerLessIm - sin1 * innerLessIm
  const farTurnIm = -sin2 * outerLessRe + sin1 * innerLessRe
  re[0] = r0 + outerRe + innerRe
  im[0] = i0 + outerIm + innerIm
  re[1] = nearRe + nearTurnRe
  im[1] = nearIm + nearTurnIm
  re[2] = farRe + farTurnRe
  im[2] = farIm + farTurnIm
  re[3] = farRe - farTurnRe
  im[3] = farIm - farTurnIm
  re[4] = nearRe - nearTurnRe
  im[4] = nearIm - nearTurnIm
}

const joins: Readonly<Record<number, Butterfly>> = { 2: joining(2, join2), 4: joining(4, join4), 5: joining(5, join5) }
