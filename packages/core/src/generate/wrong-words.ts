/** Words for arguments of a call that are wrong. */
export const wrongWords = {
  modelText: (name: string) =>
    `model is the text "${name}". Pass a model object, such as openai().text('${name}'), or use the client of 'anymodel', which knows names.`,
  model: () => 'model is missing: pass a text model, such as openai().text(id).',
  given: (name: string | undefined, example: string) => {
    const found = name === undefined ? 'is missing or of another kind' : `is the text "${name}"`
    return `model ${found}. Pass a model such as ${example}, or use the client of 'anymodel', which knows names.`
  },
  positive: (name: string, value: unknown) => `${name} must be a whole number above 0, not ${String(value)}.`,
  number: (name: string, value: unknown) => `${name} must be a number, not ${String(value)}.`,
  stop: () => 'stop must be an array of non-empty texts.',
  nothing: () => 'Give a prompt or messages.',
  both: () => 'Give a prompt or messages, not both.',
  messages: () => 'messages must be an array with at least one message.',
  role: (at: number) => `messages[${at}] has no valid role: use system, user, assistant or tool.`,
  text: (at: number) => `messages[${at}].content must be a text.`,
  content: (at: number) => `messages[${at}].content must be a text or an array of content.`,
  piece: (at: number, piece: number) =>
    `messages[${at}].content[${piece}] must be { type: 'text', text } or { type: 'file', data }.`,
}
