import type { CodeFile } from '@anymodel/core'

/** A task of a dataset. */
export interface EvalTask {
  readonly id: string
  readonly language: 'javascript' | 'typescript' | 'python'
  /** What stands before the code that is asked for: a comment and the beginning of a function, or all that stands before a gap. */
  readonly prompt: string
  /** What stands behind a gap. */
  readonly suffix?: string
  readonly entryPoint: string
  readonly tests: { readonly text: string; readonly files: readonly CodeFile[] }
  /** What belongs behind the prompt, where the dataset says it. */
  readonly solution?: string
  /** Something behind the prompt that gives what the tests expect, where they can be read. */
  readonly expected?: string
}

/** The program that an answer makes: what belongs behind the prompt, or a whole function. */
export function programOf({ prompt, suffix, entryPoint, language }: EvalTask, answer: string): string {
  if (suffix !== undefined) return prompt + answer + suffix
  const keyword = language === 'python' ? 'def' : String.raw`(?:function\*?|const|let|var)`
  const defined = new RegExp(String.raw`^(?:export\s+)?(?:default\s+)?(?:async\s+)?${keyword}\s+${entryPoint}\b`, 'm')
  if (!defined.test(answer)) return prompt + answer
  // Imports and helpers of the prompt stay; the function is the answer's.
  const begin = prompt.search(defined)
  return `${begin < 0 ? '' : prompt.slice(0, begin)}${answer}`
}

/** An answer that is wrong whatever is asked. */
export function brokenAnswer({ suffix, language }: EvalTask): string {
  if (suffix !== undefined) return '\n)broken(\n'
  return language === 'python' ? '    return "broken"\n' : "  return 'broken'\n}\n"
}
