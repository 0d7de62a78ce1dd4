import type {
  CodeCall,
  CodeSupport,
  EmbeddingCall,
  EmbeddingResult,
  ErrorCode,
  ImageCall,
  ImageEvent,
  ImageSupport,
  JsonObject,
  JsonSchema,
  Part,
  SchemaSubset,
  SpeechCall,
  SpeechSupport,
  TextCall,
  TextSupport,
  TranscriptionCall,
  TranscriptionSupport,
  Usage,
  VideoCall,
  VideoJobCall,
  VideoSupport,
  Warning,
} from '@anymodel/core'
import type { Ask, AskReply, Drawing, Filmed, FirstAsk, StepContext, StepFormat, StepReader } from './media/steps.ts'
import type { Heard, SpeechAsk, SpeechDecoder, Spoken, TranscriptionDecoder } from './media/voiced.ts'

/** A request in a protocol's words. */
export interface WireRequest {
  /** Appended to the endpoint's base URL. */
  readonly path: string
  readonly body: JsonObject
  readonly headers?: Readonly<Record<string, string>>
  readonly warnings: readonly Warning[]
}

/** Who is asked: what a request encoder needs to know beyond the call. */
export interface Target {
  readonly provider: string
  readonly model: string
  /** Rewrites a schema into what the service enforces, `undefined` when it can't be said in it. There when the call has such a schema. */
  readonly narrow?: (schema: JsonSchema) => JsonSchema | undefined
}

/** What a decoder needs to know about the reply it reads. */
export interface ReplyContext extends Target {
  readonly headers: Readonly<Record<string, string>>
  /** Where parts go, in order. */
  readonly out: Part[]
}

/** Reads one answer. Synchronous, no I/O, no clock. Every method may throw an `AnyModelError`; parts pushed before count. */
export interface Decoder {
  /** One event of a stream: its JSON value and its name, where the framing has one. */
  event(value: JsonObject, name: string | undefined): void
  /** A whole response body. */
  whole(value: unknown): void
  /**
   * The bytes are over, or (`done`) the sentinel `[DONE]` came. Pushes `finish`; throws `truncated` when the answer had not ended.
   */
  end(done: boolean): void
  /** True once the answer's end is known, even if trailing events (usage) may still come. */
  readonly settled: boolean
  /** What the service has reported so far, where it reports on the way: an answer that breaks off has cost something too. */
  readonly usage?: Usage | undefined
}

/** What every call carries to the connection, and what its schemas stand in. */
export type AnswerCall = Pick<TextCall, 'headers' | 'extra' | 'signal' | 'output' | 'tools'>

/** One request, one answer in parts: pure functions between our types and one wire format. */
export interface AnswerFormat<C extends AnswerCall> {
  /** The subset of JSON Schema that the service enforces. */
  readonly schemas?: SchemaSubset
  request(call: C, target: Target): WireRequest
  decoder(context: ReplyContext): Decoder
  /** Error codes for the service's own codes and types, beyond what the status says. */
  readonly errorCodes?: Readonly<Record<string, ErrorCode>>
  /** Bodies of JSON are lines, each of them an event; a whole answer is one line. */
  readonly framing?: 'ndjson'
}

/** How to talk: what a model can do, and one wire format. */
export interface TextProtocol extends AnswerFormat<TextCall> {
  supports(model: string): TextSupport
}

/** How to fill gaps in code: what is known without loading anything, and the rest. */
export interface CodeProtocol {
  readonly supports: CodeSupport
  load(): Promise<AnswerFormat<CodeCall>>
}

/** How to embed: what is known without loading anything, and the rest. */
export interface EmbeddingProtocol {
  /** At most this many values go into one request. */
  readonly maxBatch?: number
  load(): Promise<EmbeddingFormat>
}

/** One request, one whole answer: pure functions between our types and one wire format. */
export interface EmbeddingFormat {
  request(call: EmbeddingCall, target: Target): WireRequest
  result(body: unknown, call: EmbeddingCall): Omit<EmbeddingResult, 'warnings'>
}

/** How to draw: what is known without loading anything, and the rest. */
export interface ImageProtocol {
  supports(model: string): ImageSupport
  load(): Promise<ImageFormat>
}

/** A picture on the way. */
export interface PreviewFrame {
  readonly index: number
  readonly mediaType: string
  readonly data: Uint8Array
}

/** How far a drawing is, asked again and again. Pure functions, no I/O, no clock. */
export interface ImageGlances {
  ask(call: ImageCall): Ask
  read(reply: AskReply): readonly ImageEvent[]
}

/** What a service tells over a WebSocket while it draws. Pure functions, no I/O, no clock. */
export interface ImageSocket {
  /** Appended to the endpoint's base URL. */
  readonly path: string
  read(message: string | Uint8Array, call: ImageCall): readonly ImageEvent[]
}

/** Reads a stream of events to one drawing. Synchronous, no I/O, no clock. */
export interface ImageDecoder {
  event(value: unknown, name: string | undefined): PreviewFrame | undefined
  /** Throws `truncated` when the drawing is not whole. */
  end(): Drawing
}

export interface ImageFormat extends StepFormat<ImageCall, Drawing> {
  /** There where the service streams when `previews` are asked for. */
  stream?(context: StepContext<ImageCall>): ImageDecoder
  /** Where the service tells how far it is while its one answer is waited for. */
  readonly glances?: ImageGlances
  /** Where the service tells that by itself. */
  readonly socket?: ImageSocket
}

/** How to make videos: what is known without loading anything, and the rest. */
export interface VideoProtocol {
  supports(model: string): VideoSupport
  /** Its jobs can be cancelled. */
  readonly cancels?: boolean
  load(): Promise<VideoFormat>
}

/** Replies are read by whoever has the job's handle, so without the call. The reply to the first request always leads to a look at a job, even at one that is done. */
export interface VideoFormat extends StepReader<VideoJobCall, Filmed> {
  request(call: VideoCall, target: Target): FirstAsk
}

/** How to speak: what is known without loading anything, and the rest. */
export interface SpeechProtocol {
  supports(model: string): SpeechSupport
  load(): Promise<SpeechFormat>
}

/** One request, one file of sound: its bytes, or events that hold them. */
export interface SpeechFormat {
  /** Error codes for the service's own codes and types, beyond what the status says. */
  readonly errorCodes?: Readonly<Record<string, ErrorCode>>
  request(call: SpeechCall, target: Target): SpeechAsk
  /** Reads replies of server-sent events; other replies are the sound itself. */
  events?(context: StepContext<SpeechCall>): SpeechDecoder
  /** What the headers of a reply that is the sound itself tell. */
  told?(headers: Readonly<Record<string, string>>): Spoken
}

/** How to write down what is spoken: what is known without loading anything, and the rest. */
export interface TranscriptionProtocol {
  supports(model: string): TranscriptionSupport
  load(): Promise<TranscriptionFormat>
}

export interface TranscriptionFormat extends StepFormat<TranscriptionCall, Heard> {
  /** Reads replies of server-sent events. A format that has it answers in one step. */
  events?(context: StepContext<TranscriptionCall>): TranscriptionDecoder
}
