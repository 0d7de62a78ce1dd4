import { AnyModelError, type VideoJob } from '@anymodel/core'
import { readBytes } from './prompt.ts'

/** A job, and the name under which its model is asked for. */
export interface VideoHandle {
  readonly job: VideoJob
  readonly name: string
}

/** Reads what `--start` printed. */
export async function readHandle(path: string): Promise<VideoHandle> {
  const job = parsed(Buffer.from(await readBytes(path)).toString()) as Partial<VideoJob> | undefined
  if (typeof job?.provider !== 'string' || typeof job.model !== 'string' || job.job === undefined)
    throw new AnyModelError('invalid-argument', `${path} holds no handle of a job: give what --start printed.`)
  return { job: job as VideoJob, name: `${job.provider}/${job.model}` }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
