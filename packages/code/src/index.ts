export { completeCode, streamCompletion } from './complete/complete-code.ts'
export { type FillFamily, fillFamilies, fillFamilyOf } from './complete/families.ts'
export type { Completion, CompletionModel, CompletionOptions, CompletionStream } from './complete/options.ts'
export {
  type CompletionSession,
  type CursorContext,
  completionSession,
  type SessionOptions,
} from './complete/session.ts'
export { readFiles, type WriteOptions, writePatch } from './edit/disk.ts'
export { editCode, streamEdit } from './edit/edit-code.ts'
export type { EditEvent, EditOptions, EditResult, EditStream } from './edit/edit-options.ts'
export { type EditFormat, editFormatOf } from './edit/formats.ts'
export { applyPatch, type FileChange, type Patch, reversePatch, toDiff } from './edit/patch.ts'
export type { AppliedEdit, FailedEdit } from './edit/workspace.ts'
export {
  type CodeBlock,
  type CodeEvent,
  type CodeStream,
  type GenerateCodeOptions,
  type GeneratedCode,
  generateCode,
  streamCode,
} from './generate/generate-code.ts'
export { type TranslateOptions, translateCode } from './generate/translate-code.ts'
export { type WriteTestsOptions, writeTests } from './generate/write-tests.ts'
export {
  type ExplainedPart,
  type ExplainOptions,
  type Explanation,
  explainCode,
  type ReadOptions,
} from './read/explain-code.ts'
export { type Finding, type Review, type ReviewOptions, reviewCode } from './read/review-code.ts'
export type {
  CodeTests,
  TestCase,
  TestCases,
  TestInput,
  TestOutcome,
  TestProgram,
  TestReport,
} from './verify/code-tests.ts'
export { passAtK } from './verify/pass-at-k.ts'
export { type TestCodeOptions, testCode } from './verify/test-code.ts'
export { generateVerifiedCode, streamVerifiedCode } from './verify/verify-code.ts'
export type {
  Cluster,
  CodeAttempt,
  Evidence,
  VerifiedCode,
  VerifiedCodeOptions,
  VerifiedCodeStream,
  VerifyBudget,
  VerifyEvent,
} from './verify/verify-options.ts'
