import type { Explanation, Review } from '@anymodel/code'
import type { CodeFile } from '@anymodel/core'
import { paint, remark, write, writePainted } from '../output.ts'
import { asking, type CodeOptions } from './asking.ts'
import { projectFiles } from './project-files.ts'

interface ReadOptions extends CodeOptions {
  readonly json?: boolean
}

/** `anymodel code explain file`: what it does, and what its stretches of lines do. */
export async function explain(path: string, options: ReadOptions & { readonly question?: string }): Promise<void> {
  const [{ path: name, text: code }] = (await projectFiles([path])) as [CodeFile]
  const { question, json } = options
  const about = { path: name, code, ...(question === undefined ? {} : { question }) }
  const { summary, parts, warnings } = await asking(options, 'code', ({ ai, model, signal }) =>
    ai.explainCode({ ...about, model, signal }),
  )
  if (json) return write(`${JSON.stringify({ summary, parts })}\n`)
  await tellWarnings(warnings)
  await write(`${summary}\n`)
  for (const { from, to, text } of parts)
    await writePainted(
      `\n${paint('bold', from === to ? `${name}:${from}` : `${name}:${from}-${to}`)}\n${paint('reset', text)}\n`,
    )
}

const colours = { error: 'red', warning: 'yellow', note: 'cyan' } as const

/** `anymodel code review files...`: what is wrong, the worst first. */
export async function review(
  paths: readonly string[],
  options: ReadOptions & { readonly focus?: string },
): Promise<void> {
  const files = await projectFiles(paths)
  const { focus, json } = options
  const about = { files, ...(focus === undefined ? {} : { focus }) }
  const { summary, findings, warnings } = await asking(options, 'code', ({ ai, model, signal }) =>
    ai.reviewCode({ ...about, model, signal }),
  )
  if (json) return write(`${JSON.stringify({ summary, findings })}\n`)
  await tellWarnings(warnings)
  await write(`${summary}\n`)
  for (const { path, line, severity, title, detail, fix } of findings) {
    const place = line === undefined ? path : `${path}:${line}`
    await writePainted(`\n${paint('bold', place)} ${paint(colours[severity], severity)} ${paint('bold', title)}\n`)
    await write(`${detail}\nFix: ${fix}\n`)
  }
}

async function tellWarnings(warnings: (Explanation | Review)['warnings']): Promise<void> {
  for (const { message } of warnings) remark(message)
}
