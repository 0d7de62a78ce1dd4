import type { Content, GenerationConfig, Tool, ToolConfig } from '@google/genai'

/** A type of the SDK as it stands on the wire: its enumerations are plain texts there. */
type Wire<T> = unknown extends T ? T : T extends string ? `${T}` : T extends object ? { [K in keyof T]: Wire<T[K]> } : T

/** The body of `generateContent`, from the parts that the SDK has types for. */
export interface GeminiBody {
  contents: Wire<Content>[]
  systemInstruction?: Wire<Content>
  tools?: Wire<Tool>[]
  toolConfig?: Wire<ToolConfig>
  generationConfig?: Wire<GenerationConfig>
}
