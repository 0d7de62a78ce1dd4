import { expect, it } from 'vitest'
import { random } from '../text/random.ts'
import { fft } from './fft.ts'

it.each([1, 2, 4, 5, 8, 10, 20, 125, 400, 512])('a transform of %d numbers is what its definition says', (length) => {
  const next = random(length)
  const transform = fft(length)
  if (!transform) throw new Error('There is none.')
  const re = Float64Array.from({ length }, () => next() - 0.5)
  const im = Float64Array.from({ length }, () => next() - 0.5)
  transform.re.set(re)
  transform.im.set(im)
  const out = transform.run()
  for (let k = 0; k < length; k++) {
    let [sumRe, sumIm] = [0, 0]
    for (let t = 0; t < length; t++) {
      const angle = (-2 * Math.PI * ((k * t) % length)) / length
      sumRe += (re[t] as number) * Math.cos(angle) - (im[t] as number) * Math.sin(angle)
      sumIm += (re[t] as number) * Math.sin(angle) + (im[t] as number) * Math.cos(angle)
    }
    expect(out.re[k]).toBeCloseTo(sumRe, 9)
    expect(out.im[k]).toBeCloseTo(sumIm, 9)
  }
})

it.each([0, -4, 3, 7, 2.5, 1e9])('there is none of %d', (length) => expect(fft(length)).toBeUndefined())
