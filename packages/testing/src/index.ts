export type { Answer, AnswerPart, Content, Ending, Script } from './answer.ts'
export {
  type CodeModelSuite,
  type LiveCodeModelSuite,
  testCodeModel,
  testLiveCodeModel,
} from './conformance/code-model.ts'
export type { Gap } from './conformance/completions.ts'
export {
  type EmbeddingModelSuite,
  type LiveEmbeddingModelSuite,
  testEmbeddingModel,
  testLiveEmbeddingModel,
} from './conformance/embedding-model.ts'
export { type ImageModelSuite, testImageModel } from './conformance/image-model.ts'
export { type LiveTextModelSuite, testLiveTextModel } from './conformance/live.ts'
export type { TestRunner } from './conformance/runner.ts'
export { type SandboxSuite, sandboxAttacks, testSandbox } from './conformance/sandbox.ts'
export { type SpeechModelSuite, testSpeechModel } from './conformance/speech-model.ts'
export { type StateSuite, testState } from './conformance/state.ts'
export { type TextModelSuite, testTextModel } from './conformance/text-model.ts'
export { type TranscriptionModelSuite, testTranscriptionModel } from './conformance/transcription-model.ts'
export { testVideoModel, type VideoModelSuite } from './conformance/video-model.ts'
export { type FaultServer, type FaultServerOptions, faultServer, type LoggedRequest } from './faults/fault-server.ts'
export type { Fault, FaultTimes } from './faults/faults.ts'
export { healthyAnswer } from './faults/healthy.ts'
export { countListeners } from './listeners.ts'
export { type MockAnswer, type MockModel, type MockOptions, mockModel } from './mock-model.ts'
export type { SandboxAttack } from './sandbox/attack.ts'
export type { Bytes } from './server/bytes.ts'
export { type ModelServer, type ModelServerOptions, modelServer, type Served } from './server/model-server.ts'
export { seeded } from './server/random.ts'
export type { Reply, ServedRequest } from './server/reply.ts'
export { anthropicMessagesWire } from './wire/anthropic-messages.ts'
export type { EmbeddingWire } from './wire/embedding-wire.ts'
export type { FillWire } from './wire/fill-wire.ts'
export { geminiWire } from './wire/gemini.ts'
export { geminiEmbeddingsWire } from './wire/gemini-embeddings.ts'
export { llamacppInfillWire } from './wire/llamacpp-infill.ts'
export { ollamaChatWire } from './wire/ollama-chat.ts'
export { openaiChatWire } from './wire/openai-chat.ts'
export { mistralFimWire, openaiCompletionsWire } from './wire/openai-completions.ts'
export { openaiEmbeddingsWire } from './wire/openai-embeddings.ts'
export { openaiResponsesWire } from './wire/openai-responses.ts'
export type { ServiceError, Wire, WireEvent } from './wire/wire.ts'
