import type { MessageCreateParams } from '@anthropic-ai/sdk/resources/messages'

/** The body of Messages in version 2023-06-01: the SDK knows only the newer one, which has no sampling options. */
export type OlderMessagesBody = MessageCreateParams & { temperature?: number; top_p?: number; top_k?: number }
