import { generateObject, type Json } from '@anymodel/core'
import type { Search } from './attempts.ts'
import type { TestInput } from './code-tests.ts'

const system =
  'You write inputs that tell right programs from wrong ones: small ordinary ones, and the edges that the task allows (empty, one, many, equal, negative, the largest that is still quick). You never say what should come out. Every input obeys the task.'

/**
 * Has a model write inputs for a task, never what should come out. For a function each is the list of its arguments. At most 24; what isn't JSON is left out.
 * Rejects as `generateObject` does.
 */
export async function askForInputs(
  { plan, ledger }: Search,
  callee: { readonly name: string; readonly line: string } | undefined,
): Promise<readonly TestInput[]> {
  const { options, inputModel } = plan
  const form =
    callee === undefined
      ? 'Write 12 texts that the program is to read from standard input.'
      : `Write 12 inputs for \`${callee.line.trim().slice(0, 500)}\`: each a JSON array with the arguments of one call of ${callee.name}, such as [1, "a"].`
  const { object, usage } = await generateObject({
    model: inputModel,
    system,
    prompt: `${options.task}\n\n${form}`,
    name: 'inputs',
    array: { type: 'string' },
    signal: ledger.signal,
    ...(options.onUnsupported === undefined ? {} : { onUnsupported: options.onUnsupported }),
    ...(options.headers === undefined ? {} : { headers: options.headers }),
  })
  ledger.add(usage, inputModel)
  const texts = [...new Set(object as readonly string[])].filter((text) => text.length <= 10_000).slice(0, 24)
  return callee === undefined ? texts : texts.flatMap(argumentsIn)
}

function argumentsIn(text: string): (readonly Json[])[] {
  try {
    const list: unknown = JSON.parse(text)
    return Array.isArray(list) ? [list] : []
  } catch {
    return []
  }
}
