export { completeCode, streamCompletion } from './complete/complete-code.ts'
export { type FillFamily, fillFamilies, fillFamilyOf } from './complete/families.ts'
export type { Completion, CompletionModel, CompletionOptions, CompletionStream } from './complete/options.ts'
export {
  type CompletionSession,
  type CursorContext,
  completionSession,
  type SessionOptions,
} from './complete/session.ts'
