import type { Conditions } from '@anymodel/core'
import { nameOf } from '../roles/kinds.ts'
import type { Fallback, Leg, Route } from '../roles/route.ts'

/** The way that a call takes, in words: `chat -> groq/x, else openai/y; too long: google/z`. */
export function routeText({ cache, ...first }: Omit<Route, 'fallback'>, fallback: Fallback | undefined): string {
  const by = first.overriddenBy ? ` (by ${first.overriddenBy})` : ''
  const { others = [], larger = [], unfiltered = [] } = fallback ?? {}
  const lists = [
    [larger, 'too long'],
    [unfiltered, 'filtered'],
  ] as const
  const ends = lists.filter(([legs]) => legs.length > 0).map(([legs, what]) => `; ${what}: ${inOrder(legs)}`)
  return `${[...first.roles, inOrder([first, ...others])].join(' -> ')}${by}${ends.join('')}${cache ? `; ${cache.mode ?? 'exact'} cache` : ''}`
}

/** Neighbours in the same balance are one place in line. */
function inOrder(legs: readonly Leg[]): string {
  const places: Leg[][] = []
  for (const leg of legs) {
    const last = places.at(-1)
    if (leg.place && last?.[0]?.place?.in === leg.place.in) last.push(leg)
    else places.push([leg])
  }
  return places.map(placeText).join(', else ')
}

function placeText(legs: readonly Leg[]): string {
  const balance = legs[0]?.place?.in
  if (!balance) return legs.map(legText).join()
  const notes = `${balance.sticky ? ', sticky' : ''}${balance.shared ? ', shared' : ''}`
  return `${balance.balance}${notes} of [${legs.map(legText).join(', ')}]`
}

function legText(leg: Leg): string {
  const { when = [], limits, budget, breaker, hedge, place } = leg
  const notes = [
    ...(place?.weight === undefined ? [] : [`weight ${place.weight}`]),
    ...when.flatMap(conditionTexts),
    ...limitTexts(limits),
    ...(budget ? [`budget ${budget.name}`] : []),
    ...(breaker ? [breaker.shared ? 'shared breaker' : 'breaker'] : []),
    ...(hedge ? [`hedged by ${nameOf(hedge.to.model)} after ${after(hedge.after)}`] : []),
  ]
  return notes.length > 0 ? `${nameOf(leg.model)} (${notes.join('; ')})` : nameOf(leg.model)
}

const limitUnits = {
  requestsPerMinute: 'rpm',
  tokensPerMinute: 'tpm',
  requestsPerDay: 'requests a day',
  tokensPerDay: 'tokens a day',
  requestsPerMonth: 'requests a month',
  concurrency: 'at once',
} as const satisfies Record<keyof NonNullable<Leg['limits']>, string>

const limitTexts = (limits: Leg['limits'] = {}): string[] =>
  Object.entries(limitUnits).flatMap(([name, unit]) => {
    const limit = limits[name as keyof typeof limits]
    return limit === undefined ? [] : [`${limit} ${unit}`]
  })

const after = (time: number | 'p95' | undefined): string => (typeof time === 'number' ? `${time} ms` : 'p95')

const ranges = [
  ['minInputTokens', 'maxInputTokens', 'tokens'],
  ['minTexts', 'maxTexts', 'texts'],
  ['minCharacters', 'maxCharacters', 'characters'],
  ['minCount', 'maxCount', 'at once'],
  ['minSeconds', 'maxSeconds', 'seconds'],
  ['minPixels', 'maxPixels', 'pixels'],
] as const

function conditionTexts({ modality, tags = {}, ...amounts }: Conditions): string[] {
  return [
    ...ranges.flatMap(([min, max, unit]) => [
      ...(amounts[min] === undefined ? [] : [`from ${amounts[min]} ${unit}`]),
      ...(amounts[max] === undefined ? [] : [`up to ${amounts[max]} ${unit}`]),
    ]),
    ...(modality ? [`only ${modality.join(', ')}`] : []),
    ...Object.entries(tags).map(([tag, values]) => `${tag}: ${[values].flat().join(' or ')}`),
  ]
}
