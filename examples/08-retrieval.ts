// Documents in, an answer with checked quotes out. The search is local; small models copy quotes badly: try ANYMODEL_CHAT=openai/gpt-6-luna.
import { memoryStore } from '@anymodel/rag'
import { anymodel } from 'anymodel'

const ai = await anymodel()
const kb = await ai.knowledge({ store: memoryStore() })
await kb.add([
  { id: 'pump', title: 'Pump', text: 'The warranty of the pump lasts for two years from the day of purchase.' },
  { id: 'filter', title: 'Filter', text: 'The filter has to be changed every six months, or when the light is red.' },
])

const stream = kb.streamAsk({ question: 'How long is the warranty of the pump?' })
for await (const part of stream) {
  if (part.type === 'text') console.log(part.text)
  if (part.type === 'citation') console.log(`  ${part.citation.documentId}: "${part.citation.quote}"`)
}
await kb.close()
await ai.close()
