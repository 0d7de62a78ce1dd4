import type { TuningOptions } from '@anymodel/core'
import type { AnyKindOfModel } from '../roles/kinds.ts'
import type { BudgetConfig, CacheConfig, PricesConfig, StateConfig } from './limits-config.ts'
import type {
  BalanceConfig,
  BreakerConfig,
  ConditionalTarget,
  HedgeConfig,
  HoldConfig,
  WhenConfig,
} from './routing-config.ts'

/** The hosted services and local servers that a config can name and that have no settings of their own. */
export const hostedTypes = [
  'openai',
  'anthropic',
  'google',
  'groq',
  'mistral',
  'deepseek',
  'together',
  'openrouter',
  'xai',
  'recraft',
  'replicate',
  'fal',
  'bfl',
  'stability',
  'huggingface',
  'ideogram',
  'luma',
  'runway',
  'elevenlabs',
  'deepgram',
  'assemblyai',
  'azure-speech',
  'webui',
  'ollama',
  'llamacpp',
  'lmstudio',
  'vllm',
] as const

export type HostedType = (typeof hostedTypes)[number]

/** What a provider can be. */
export type ProviderType = HostedType | 'openai-compatible' | 'azure' | 'comfyui' | 'midjourney' | 'onnx'

/** All of them. */
export const providerTypes: readonly ProviderType[] = [
  ...hostedTypes,
  'openai-compatible',
  'azure',
  'comfyui',
  'midjourney',
  'onnx',
]

/** A hosted service or a server of your own. Texts may hold `${VAR}`, `${VAR:-default}` and `${file:path}`. */
export interface HostedProvider {
  /** Default: the provider's name in the config. */
  readonly type?: HostedType | 'openai-compatible' | 'azure' | 'comfyui' | 'midjourney'
  /** Default: the service's environment variable, such as `OPENAI_API_KEY`. Read at every request, so a secret file may be replaced. Several keys take turns. */
  readonly apiKey?: string | readonly string[]
  /** Default: the service's own. Needed for `openai-compatible`. */
  readonly baseURL?: string
  /** Headers of every request. */
  readonly headers?: Readonly<Record<string, string>>
  /** Offer HTTP/2. Default false. */
  readonly http2?: boolean
  /** How jobs for pictures, sound and videos are looked at. */
  readonly jobs?: JobsConfig
  /** How files are fetched that the service made. */
  readonly downloads?: DownloadsConfig
  /** Of `azure`: the resource's name. Default: `AZURE_OPENAI_ENDPOINT`, `AZURE_RESOURCE_NAME`. */
  readonly resource?: string
  /** Of `azure`: a token of Microsoft Entra ID in place of a key, such as `${file:token}`. Read at every request. */
  readonly token?: string
  /** Of `azure`: a date, such as `2024-10-21`, for the older paths. Default: `AZURE_OPENAI_API_VERSION`, else version 1. */
  readonly apiVersion?: string
  /** Of `azure`: the models behind deployments whose names do not say it: `prod: gpt-5.4`. */
  readonly models?: Readonly<Record<string, string>>
  /** Of `comfyui`: files of workflows, relative to the config file, by the names that stand for models. */
  readonly workflows?: Readonly<Record<string, string>>
  /** Of `midjourney`: that you have read its terms, which forbid automation. Needed. */
  readonly acceptTerms?: true
}

/** How often a job is looked at, and for how long. */
interface JobsConfig {
  /** Wait before the first look. Default 1s. */
  readonly first?: Duration
  /** Longest wait between two looks. Default 10s. */
  readonly most?: Duration
  /** A job that is not done by then is a `timeout` error; it goes on. Default 1h. */
  readonly total?: Duration
}

/** Limits of files that are fetched. */
export interface DownloadsConfig {
  /** Largest file. Default 256 MB. */
  readonly maxBytes?: Size
  /** Also from private addresses. Default: from the service's own alone. */
  readonly allowPrivate?: boolean
}

/** Models that run in this process. */
export interface LocalProvider {
  readonly type?: 'onnx'
  /** Folder of models, relative to the config file. Default: the working folder. */
  readonly dir?: string
  /** Threads that one model computes with. Default: as many as there are processor cores. */
  readonly threads?: number
  /** Memory that loaded models may take together, about: idle ones are closed for those that are asked. Default: no limit. */
  readonly maxMemory?: Size
}

export type ProviderConfig = HostedProvider | LocalProvider

/** An amount of memory: `512mb`, `2gb`. */
type Size = string

/** A length of time: `250ms`, `3s`, `2m`, `1h`, `1d`. */
export type Duration = string

/** The five clocks of `withTimeout`. */
export interface TimeoutConfig {
  readonly connect?: Duration
  readonly headers?: Duration
  readonly firstContent?: Duration
  readonly idle?: Duration
  readonly total?: Duration
}

export interface RetryConfig {
  /** Upper bound on the requests that each model gets of one call. Default 3, or 2 for a role with several models. */
  readonly attempts?: number
  /** Longest wait before a retry. Default 20s. */
  readonly maxWait?: Duration
}

/** Who plays a role: `provider/model`, another role, either with conditions, several that share the calls, or (in a file with code) a model made by hand. */
export type Target = string | ConditionalTarget | BalanceConfig | AnyKindOfModel

/** A role in its long form. */
export interface RoleSettings {
  /** In order of preference: when the first one fails, the next one answers. */
  readonly use: Target | readonly Target[]
  /** Tuning options that a call may override, of models of text and code. */
  readonly defaults?: TuningOptions
  /** Clocks. `connect` and `headers` are for models of text and code. */
  readonly timeouts?: TimeoutConfig
  readonly retry?: RetryConfig
  /** What to do about an answer that breaks off after some of it was delivered; as `withFallback` has it. Default `error`. */
  readonly onBreak?: 'error' | 'restart' | 'continue'
  /** Who answers when the input is longer than the window. Default `error`. */
  readonly onContextOverflow?: 'error' | readonly Target[]
  /** Who answers when a filter refuses the request or blocks the answer before it begins. Default `error`. */
  readonly onContentFilter?: 'error' | readonly Target[]
  /** Calls that the role takes: where another role names this one, it is passed over for others. */
  readonly when?: WhenConfig
  /** Stops asking a model that keeps failing; each model has its own. Default: none. */
  readonly breaker?: BreakerConfig
  /** Asks another model as well when the first is slow to begin. Default: no. */
  readonly hedge?: HedgeConfig
  /** Keeps the beginning of an answer back, so that one that breaks off early is replaced unseen. Default: nothing. */
  readonly hold?: HoldConfig
  /** How long a model that failed is asked after the others. Default 5s. */
  readonly cooldown?: Duration
  /** Name of the budget that its models spend from. Default: none. */
  readonly budget?: string
  /** Answers from memory what was answered before. Default: no. */
  readonly cache?: CacheConfig
}

/** What a config file says. Its grammar is in `docs/config.md`. */
export interface Config {
  /** For editors: where the JSON Schema is. */
  readonly $schema?: string
  readonly version?: 1
  /** By name. A service needs no entry when its key is in its environment variable. */
  readonly providers?: Readonly<Record<string, ProviderConfig>>
  /** Roles, by name: `provider/model`, a model made by hand, or settings. */
  readonly models?: Readonly<Record<string, string | AnyKindOfModel | RoleSettings>>
  /** By name. */
  readonly budgets?: Readonly<Record<string, BudgetConfig>>
  /** What budgets in dollars count with; a price at a target wins. Local models cost nothing. */
  readonly prices?: PricesConfig
  /** Where limits, budgets and caches keep what they know. Default: in this process. */
  readonly state?: StateConfig
}

/** Gives back the config as it stands: its types check while you write a `.ts` or `.mjs` config. */
export const defineConfig = (config: Config): Config => config
