// Models that behave like services on good and bad days, in virtual time and from a seed.
import { AnyModelError } from '@anymodel/core'

const minute = 60_000

/** Median of the first content in ms, prices in US dollars for a million tokens, and what goes wrong. */
const services = {
  steady: { firstContent: 500, price: { input: 2, output: 8 }, failure: () => chance(0.005, 'server') },
  fast: { firstContent: 200, price: { input: 8, output: 30 }, failure: () => chance(0.005, 'server') },
  cheap: { firstContent: 1_600, price: { input: 0.2, output: 0.8 }, failure: () => chance(0.01, 'server') },
  limited: { firstContent: 350, price: { input: 0.8, output: 3 }, failure: limitedTo(10) },
  flapping: { firstContent: 300, price: { input: 0.5, output: 2 }, failure: downFor(5, 20) },
  failing: { firstContent: 250, price: { input: 0.4, output: 1.5 }, failure: () => chance(0.6, 'server') },
}

const chance = (share, code) => (random) => (random() < share ? { code } : undefined)

/** So many requests a minute, then a refusal that says how long to wait. */
function limitedTo(perMinute) {
  return () => {
    const times = []
    return (_random, now) => {
      while (times.length > 0 && times[0] <= now - minute) times.shift()
      if (times.length >= perMinute) return { code: 'rate-limit', retryAfter: times[0] + minute - now }
      times.push(now)
      return undefined
    }
  }
}

/** Down for some minutes of every so many: half of the requests fail, the others get no answer at all. */
function downFor(minutes, of) {
  return () => (random, now) => {
    if (now % (of * minute) < (of - minutes) * minute) return undefined
    return random() < 0.5 ? { code: 'server' } : { code: 'silent' }
  }
}

/** Fresh targets, each with a name and a price. `random` decides all that is left to chance. */
export const simulatedTargets = (random, now) =>
  Object.entries(services).map(([id, service]) => ({
    model: simulated(id, service, random, now),
    price: service.price,
  }))

function simulated(id, { firstContent, failure }, random, now) {
  const failureOf = failure()
  return {
    provider: 'simulated',
    id,
    supports: {},
    async *stream({ signal }) {
      const fault = failureOf(random, now())
      if (fault?.code === 'silent') await wait(3_600_000, signal)
      if (fault) {
        await wait(30, signal)
        throw new AnyModelError(fault.code, `${id} failed.`, { retryAfter: fault.retryAfter, phase: 'headers' })
      }
      // Log-normal around the median.
      await wait(firstContent * Math.exp(0.35 * normal(random)), signal)
      yield { type: 'text', text: 'x' }
      const output = 50 + Math.floor(random() * 350)
      await wait(output * 10, signal)
      yield {
        type: 'finish',
        reason: 'stop',
        usage: { input: 800, output },
        response: { provider: 'simulated', model: id },
      }
    },
  }
}

const normal = (random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())

const wait = (ms, signal) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort)
      resolve()
    }, ms)
    const abort = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    signal?.addEventListener('abort', abort, { once: true })
  })
