export * from '@anymodel/core'
export type { LoadProgress } from '@anymodel/onnx'
export {
  type AnyModel,
  type AnyModelOptions,
  anymodel,
  type ByName,
  type ClientEvents,
  type ModelChoice,
  type ObjectOptionsByName,
  type TextOptionsByName,
} from './client.ts'
export type { CodeVerbs, VerifiedCodeOptionsByName } from './code-verbs.ts'
export {
  type Config,
  type Duration,
  defineConfig,
  type HostedProvider,
  type HostedType,
  type LocalProvider,
  type ProviderConfig,
  type ProviderType,
  type RetryConfig,
  type RoleSettings,
  type Target,
  type TimeoutConfig,
} from './config/config.ts'
export type {
  AskOptionsByName,
  KnowledgeByName,
  KnowledgeOptionsByName,
  KnowledgeVerb,
  KnowledgeViewByName,
  SearchOptionsByName,
} from './knowledge-verb.ts'
