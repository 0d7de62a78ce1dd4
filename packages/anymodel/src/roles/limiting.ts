import { AnyModelError, type BudgetOptions, type CacheOptions, type LimitOptions, type Price } from '@anymodel/core'
import type { CheckedConfig } from '../config/check.ts'
import type { RoleSettings } from '../config/config.ts'
import { toMs } from '../config/duration.ts'
import type { BudgetConfig, CacheConfig, LimitConfig } from '../config/limits-config.ts'
import { toAmount } from '../config/money.ts'
import { providerEntry } from '../config/names.ts'

/** What a target says about its model's use. */
export interface TargetLimits extends LimitConfig {
  readonly price?: Price | undefined
}

/** The limits of `withLimit`, by their short names. */
const limitNames = {
  rpm: 'requestsPerMinute',
  tpm: 'tokensPerMinute',
  rpd: 'requestsPerDay',
  tpd: 'tokensPerDay',
  rpmo: 'requestsPerMonth',
  concurrency: 'concurrency',
} as const satisfies Record<keyof LimitConfig, keyof LimitOptions>

/** In the order in which they are told. */
const shortNames = Object.keys(limitNames) as (keyof LimitConfig)[]

/** How much one model is asked and what it may cost. What is not set is absent. */
export interface Limiting {
  readonly limits?: Pick<LimitOptions, (typeof limitNames)[keyof typeof limitNames]>
  readonly budget?: LegBudget
}

interface LegBudget extends Pick<BudgetOptions, 'limit' | 'per' | 'by' | 'price'> {
  readonly name: string
  readonly onExceed: NonNullable<BudgetConfig['onExceed']>
}

/** What the roles on a way and the target at its end say about a model. `asker`: who needs it, for errors. Throws `config` for a budget in dollars when the price is not known. */
export function toLimiting(
  config: CheckedConfig,
  chain: readonly RoleSettings[],
  { price, ...given }: TargetLimits,
  model: { readonly provider: string; readonly id: string },
): Limiting {
  const limits = Object.fromEntries(
    shortNames.flatMap((name) => (given[name] === undefined ? [] : [[limitNames[name], given[name]]])),
  )
  const name = chain.find((settings) => settings.budget !== undefined)?.budget
  return {
    ...(Object.keys(limits).length > 0 ? { limits } : {}),
    ...(name === undefined ? {} : { budget: toBudget(config, name, price ?? priceOf(config, model), model) }),
  }
}

/** What a model costs, where the config says it. What runs in this process costs nothing. */
export function priceOf(
  config: CheckedConfig,
  { provider, id }: { readonly provider: string; readonly id: string },
): Price | undefined {
  const name = `${provider}/${id}`
  if (Object.hasOwn(config.prices, name)) return config.prices[name]
  return providerEntry(config, provider)?.type === 'onnx' ? { input: 0, output: 0 } : undefined
}

/** Tokens both ways, or what models are paid by that have no tokens. Which of them a kind needs is known when a model is there. */
const isKnown = ({ input, output, picture, second, characters, request }: Price = {}): boolean =>
  (input !== undefined && output !== undefined) ||
  [picture, second, characters, request].some((price) => price !== undefined)

function toBudget(
  config: CheckedConfig,
  name: string,
  price: Price | undefined,
  { provider, id }: { readonly provider: string; readonly id: string },
): LegBudget {
  const { limit, per, by, onExceed = 'error' } = config.budgets[name] as BudgetConfig
  const amount = toAmount(limit)
  if ('usd' in amount && !isKnown(price))
    throw new AnyModelError(
      'config',
      `The budget ${name} is in dollars, and the price of ${provider}/${id} is not known. Set prices: { ${provider}/${id}: { input: ..., output: ... } } (US dollars for a million tokens; or picture, second, characters, request), or a limit in tokens.`,
    )
  return {
    name,
    limit: amount,
    per: per === '1mo' ? per : toMs(per),
    onExceed,
    ...(by === undefined ? {} : { by }),
    ...(price ? { price } : {}),
  }
}

/** What `withCache` takes, but for the state and the model that compares. */
export function toCache({ mode, ttl, namespace, anyTemperature, threshold }: CacheConfig): CacheOptions {
  return {
    ...(mode === undefined ? {} : { mode }),
    ...(ttl === undefined ? {} : { ttl: toMs(ttl) }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(anyTemperature === undefined ? {} : { anyTemperature }),
    ...(threshold === undefined ? {} : { threshold }),
  }
}
