/** Gemini `generateContent`: the fields we read. Whole numbers may come as texts. https://ai.google.dev/api/generate-content */

export interface WirePart {
  text?: string
  /** The text, image or call is part of the reasoning. */
  thought?: boolean
  thoughtSignature?: string
  inlineData?: { mimeType?: string; data?: string }
  functionCall?: WireCall
  functionResponse?: { id?: string; name?: string; response?: unknown }
  executableCode?: { id?: string; language?: string; code?: string }
  codeExecutionResult?: { id?: string; outcome?: string; output?: string }
  toolCall?: { id?: string; toolType?: string; args?: unknown }
  toolResponse?: { id?: string; toolType?: string; response?: unknown }
}

export interface WireCall {
  id?: string
  name?: string
  args?: unknown
  /** Pieces of the arguments, where they are streamed. */
  partialArgs?: WirePartialArg[]
  willContinue?: boolean
}

/** A value at a place in the arguments; texts may come in several pieces. */
export interface WirePartialArg {
  jsonPath?: string
  stringValue?: string
  numberValue?: number
  boolValue?: boolean
  nullValue?: string
}

export interface WireSource {
  uri?: string
  title?: string
  text?: string
}

export interface WireGrounding {
  groundingChunks?: { web?: WireSource; retrievedContext?: WireSource; maps?: WireSource }[]
  groundingSupports?: { segment?: WireSegment; groundingChunkIndices?: number[] }[]
}

/** A range of the answer's text, in bytes of UTF-8. */
export interface WireSegment {
  startIndex?: number
  endIndex?: number
}

export interface WireCitations {
  citations?: (WireSegment & WireSource)[]
  citationSources?: (WireSegment & WireSource)[]
}

export interface WireCandidate {
  index?: number
  content?: { parts?: WirePart[] }
  /** A name; a number where enumerations are asked for as such. */
  finishReason?: string | number
  finishMessage?: string
  groundingMetadata?: WireGrounding
  citationMetadata?: WireCitations
  urlContextMetadata?: object
  safetyRatings?: object[]
  logprobsResult?: { chosenCandidates?: object[]; topCandidates?: { candidates?: object[] }[] }
}

export interface WireUsage {
  promptTokenCount?: number | string
  /** Without the thoughts. */
  candidatesTokenCount?: number | string
  thoughtsTokenCount?: number | string
  /** Part of the prompt. */
  cachedContentTokenCount?: number | string
  /** Results of tools that the service ran, given to the model beside the prompt. */
  toolUsePromptTokenCount?: number | string
  totalTokenCount?: number | string
  serviceTier?: string
}

/** A whole answer, or one chunk of a stream. */
export interface WireResponse {
  candidates?: WireCandidate[]
  promptFeedback?: { blockReason?: string; blockReasonMessage?: string; safetyRatings?: object[] }
  usageMetadata?: WireUsage
  modelVersion?: string
  responseId?: string
  error?: unknown
}
