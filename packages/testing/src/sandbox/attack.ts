import type { SandboxLimits, SandboxOutcome, SandboxThreat } from '@anymodel/core'

/** A hostile program. */
export interface SandboxAttack {
  readonly name: string
  readonly threat: SandboxThreat
  readonly language: 'javascript' | 'python'
  /** Ways to do it, each a function in the language: what one gives back is printed. `ESCAPED` is what may never be printed, nor the target's secret. */
  readonly ways?: readonly string[]
  /** A whole program, where ways don't fit. */
  readonly program?: string
  readonly limits?: SandboxLimits
  /** Whether it is run twice: what the first one leaves, the second finds. */
  readonly again?: boolean
  /** The ways it may end. Default: any, as long as nothing got out. */
  readonly outcomes?: readonly SandboxOutcome[]
}

/** What an attack aims at. */
export interface Aim {
  /** What is in the file and in the variable. */
  readonly secret: string
  /** Name of an environment variable of the host. */
  readonly variable: string
  /** A folder that is not the program's, and a file in it. */
  readonly folder: string
  readonly file: string
  /** Ports on 127.0.0.1, and a local socket. */
  readonly tcp: number
  readonly udp: number
  readonly socket: string
  /** The host's process. */
  readonly pid: number
  /** Seconds of a sleep by which processes that stay are found. */
  readonly sleep: string
}

/** The program of an attack, with its aim in it. Every way is tried, whatever became of those before. */
export const programOf = ({ language, ways = [], program }: SandboxAttack, aim: Aim): string =>
  language === 'javascript' ? javascript(ways, program, aim) : python(ways, program, aim)

const javascript = (ways: readonly string[], program: string | undefined, aim: Aim) => `
const aim = ${JSON.stringify(aim)};
${
  program ??
  `const late = () => new Promise((resolve) => setTimeout(resolve, 400))
const ways = [${ways.map((way) => `\n  ${way},`).join('')}\n]
;(async () => {
  for (const way of ways) {
    try {
      console.log('got', String(await Promise.race([way(), late()])))
    } catch (error) {
      console.log('refused', String(error))
    }
  }
  console.log('done')
  if (typeof process === 'object') process.exit(0)
})()`
}
`

const python = (ways: readonly string[], program: string | undefined, aim: Aim) => `
import json
aim = json.loads(${JSON.stringify(JSON.stringify(aim))})
${
  program ??
  `${ways.map((way, index) => `def way${index}():\n${indented(way)}`).join('\n')}
for way in [${ways.map((_, index) => `way${index}`).join(', ')}]:
    try:
        print('got', way(), flush=True)
    except BaseException as error:
        print('refused', type(error).__name__, str(error)[:200], flush=True)
print('done', flush=True)`
}
`

const indented = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n')
