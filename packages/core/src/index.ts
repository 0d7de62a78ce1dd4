export type * from './contract/code.ts'
export type * from './contract/embedding.ts'
export type * from './contract/image.ts'
export type * from './contract/json.ts'
export type * from './contract/message.ts'
export type * from './contract/part.ts'
export type * from './contract/rerank.ts'
export type * from './contract/sandbox.ts'
export type * from './contract/speech.ts'
export type * from './contract/text.ts'
export type * from './contract/transcription.ts'
export { addUsage, type Usage } from './contract/usage.ts'
export type * from './contract/video.ts'
export {
  AnyModelError,
  type Clock,
  type ErrorCode,
  type ErrorInfo,
  isAnyModelError,
  type Partial,
  type Phase,
  redact,
} from './errors.ts'
export { cosineSimilarity } from './generate/cosine-similarity.ts'
export { editImage } from './generate/edit-image.ts'
export { type EmbedOptions, type EmbedResult, embed } from './generate/embed.ts'
export { type EmbedManyOptions, type EmbedManyResult, type EmbedSettings, embedMany } from './generate/embed-many.ts'
export { knobs } from './generate/fit-tuning.ts'
export { generateImage } from './generate/generate-image.ts'
export { generateObject } from './generate/generate-object.ts'
export { generateSpeech, type SpeechOptions, type SpeechResult } from './generate/generate-speech.ts'
export { generateText } from './generate/generate-text.ts'
export {
  cancelVideo,
  generateVideo,
  resumeVideo,
  startVideo,
  streamVideo,
  streamVideoJob,
} from './generate/generate-video.ts'
export type { Given } from './generate/given-model.ts'
export type {
  GeneratedImage,
  ImageEditOptions,
  ImageInput,
  ImageOptions,
  ImageResult,
  ImageStream,
  ImageUpscaleOptions,
} from './generate/image-options.ts'
export { imageTaskOf, imageTasks } from './generate/image-task.ts'
export type { MediaFile } from './generate/media-file.ts'
export type { DeepPartial, ObjectOptions, ObjectResult } from './generate/object-options.ts'
export {
  type Approval,
  type FileInput,
  type MessageInput,
  type StepContext,
  type StepOptions,
  type StopCondition,
  stepCount,
  type TextOptions,
  toolCalled,
  type UserMessageInput,
} from './generate/options.ts'
export { type RankedDocument, type RerankedResult, type RerankOptions, rerank } from './generate/rerank.ts'
export type { GeneratedFile, Step, TextResult } from './generate/result.ts'
export { streamImage, streamImageEdit, streamImageUpscale } from './generate/stream-image.ts'
export { type ArrayStream, type ObjectStream, streamObject } from './generate/stream-object.ts'
export { type SpeechStream, streamSpeech } from './generate/stream-speech.ts'
export { streamText, type TextStream } from './generate/stream-text.ts'
export { streamTranscription, type TranscriptStream } from './generate/stream-transcription.ts'
export { toSrt, toVtt } from './generate/subtitles.ts'
export { type TranscribeOptions, type Transcript, transcribe } from './generate/transcribe.ts'
export { upscaleImage } from './generate/upscale-image.ts'
export type { VideoJobOptions, VideoOptions, VideoResult, VideoStream } from './generate/video-options.ts'
export type { StickyOptions } from './resilience/balance/sticky.ts'
export type { StrategyName } from './resilience/balance/strategies.ts'
export { type BalanceOptions, type BalanceTarget, withBalance } from './resilience/balance.ts'
export { type BreakerOptions, withBreaker } from './resilience/breaker.ts'
export { type BudgetOptions, withBudget } from './resilience/budget.ts'
export { type CacheOptions, withCache } from './resilience/cache.ts'
export {
  type Conditions,
  type Modality,
  mismatch as conditionMismatch,
  withConditions,
} from './resilience/conditions.ts'
export {
  type EmbeddingFallbackOptions,
  type FailoverOptions,
  type FallbackOptions,
  type FallbackOptionsOf,
  withFallback,
} from './resilience/fallback.ts'
export { type HedgeOptions, withHedge } from './resilience/hedge.ts'
export { type BudgetQuestion, breakerOpenFor, budgetLeft, limitsLeft } from './resilience/inspect.ts'
export {
  type AnyModel as AnyKindOfModel,
  type Kinds as ModelKinds,
  methods as modelMethods,
  type OfKind,
} from './resilience/kinds.ts'
export { type LimitOptions, withLimit } from './resilience/limit.ts'
export { costAt, type Price, type Spent } from './resilience/price.ts'
export { type RetryOptions, withRetry } from './resilience/retry.ts'
export { type TimeoutOptions, withTimeout } from './resilience/timeout.ts'
export type { SchemaSubset } from './schema/narrow.ts'
export {
  type Infer,
  type InferInput,
  type Issue,
  type Schema,
  type StandardSchema,
  withJsonSchema,
} from './schema/standard-schema.ts'
export { type MemoryStateOptions, memoryState } from './state/memory.ts'
export { type RedisClient, type RedisStateOptions, redisState } from './state/redis.ts'
export { type SqliteClient, type SqliteStateOptions, sqliteState } from './state/sqlite.ts'
export type { Claim, Hold, Settlement, State, Taken } from './state/state.ts'
export type { NodeResponse, RespondOptions, ResponseFormat } from './stream/respond.ts'
export { type SmoothOptions, smooth } from './stream/smooth.ts'
export { type McpClient, type McpOptions, mcpTools } from './tool/mcp.ts'
export {
  type FunctionTool,
  type ProviderTool,
  providerTool,
  type Tool,
  type ToolCall,
  type ToolContext,
  type ToolResult,
  type Tools,
  tool,
} from './tool/tool.ts'
