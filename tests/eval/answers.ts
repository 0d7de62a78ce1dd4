import type { Completion, GeneratedCode } from '@anymodel/code'
import type { EvalRun } from './run-eval.ts'
import { brokenAnswer, type EvalTask } from './task.ts'

type Answer = EvalRun['answer']

/** The verbs of a client that an evaluation needs. */
export interface Writer {
  generateCode(options: {
    model: string
    instruction: string
    language: string
    temperature: number
  }): Promise<GeneratedCode>
  completeCode(options: {
    model: string
    prefix: string
    suffix: string
    path: string
    maxTokens: number
    temperature: number
  }): Promise<Completion>
}

/** Answers that need no model, by name. They show that the tests tell right from wrong. */
export const proofs: Readonly<Record<string, { readonly has: (task: EvalTask) => boolean; readonly answer: Answer }>> =
  {
    /** The solutions of the datasets. */
    canonical: {
      has: ({ solution }) => solution !== undefined,
      answer: async ({ solution = '' }) => ({ text: solution }),
    },
    /** Code that gives what the tests expect. */
    expected: {
      has: ({ expected }) => expected !== undefined,
      answer: async ({ expected = '' }) => ({ text: expected }),
    },
    /** Code that is wrong whatever is asked. */
    broken: { has: () => true, answer: async (task) => ({ text: brokenAnswer(task) }) },
  }

/** What a model writes, by its name in a client. */
export const written =
  (client: Writer, model: string, temperature: number): Answer =>
  async (task) => {
    const { language, prompt, suffix } = task
    if (suffix !== undefined) {
      const path = language === 'python' ? 'task.py' : 'task.js'
      const { code, usage } = await client.completeCode({
        model,
        prefix: prompt,
        suffix,
        path,
        maxTokens: 512,
        temperature,
      })
      return { text: code, usage }
    }
    const { code, usage } = await client.generateCode({
      model,
      language,
      temperature,
      instruction: instructionFor(task),
    })
    return { text: code, usage }
  }

const instructionFor = ({ prompt, entryPoint }: EvalTask) =>
  `Complete ${entryPoint}. Answer with the whole function and the imports it needs, without tests or examples.\n\n\`\`\`\n${prompt}\n\`\`\``
