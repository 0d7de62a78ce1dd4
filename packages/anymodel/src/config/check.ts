import type { Config, ProviderConfig, ProviderType, RoleSettings } from './config.ts'
import { explain } from './explain.ts'
import type { BudgetConfig, PricesConfig, StateConfig } from './limits-config.ts'
import { checkNames } from './names.ts'
import { problemsError } from './problem.ts'
import { codeGrammar, dataGrammar } from './schema.ts'
import type { Source } from './source.ts'

/** A provider whose type is spelt out. */
export type TypedProvider = ProviderConfig & { readonly type: ProviderType }

/** A config that follows the grammar, its roles in the long form. */
export interface CheckedConfig {
  /** How errors call it. */
  readonly name: string
  readonly file?: string
  /** Folder that relative paths start from. */
  readonly dir: string
  readonly providers: Readonly<Record<string, TypedProvider>>
  readonly models: Readonly<Record<string, RoleSettings>>
  readonly budgets: Readonly<Record<string, BudgetConfig>>
  readonly prices: PricesConfig
  readonly state: StateConfig
}

/** Checks a config against the grammar, and its names against each other. Throws one `config` error with every problem and its place. */
export function checkConfig(source: Source): CheckedConfig {
  const value = withTypes(source.value)
  const parsed = (source.code ? codeGrammar : dataGrammar).safeParse(value)
  if (!parsed.success) throw problemsError(source, explain(parsed.error.issues, value))
  const { providers = {}, models = {}, budgets = {}, prices = {}, state = 'memory' } = value as Config
  const checked: CheckedConfig = {
    name: source.name,
    ...(source.file === undefined ? {} : { file: source.file }),
    dir: source.dir,
    providers: providers as CheckedConfig['providers'],
    models: Object.fromEntries(Object.entries(models).map(([role, model]) => [role, longForm(model)])),
    budgets,
    prices,
    state,
  }
  const problems = checkNames(checked, value as Config)
  if (problems.length > 0) throw problemsError(source, problems)
  return checked
}

const longForm = (model: NonNullable<Config['models']>[string]): RoleSettings =>
  typeof model === 'object' && 'use' in model ? model : { use: model }

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A provider without `type` has its name for a type. */
function withTypes(value: unknown): unknown {
  if (!isMap(value) || !isMap(value.providers)) return value
  const providers = Object.entries(value.providers).map(([name, provider]) => [
    name,
    isMap(provider) ? { type: name, ...provider } : provider,
  ])
  return { ...value, providers: Object.fromEntries(providers) }
}
