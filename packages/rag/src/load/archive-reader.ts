import { parentPort } from 'node:worker_threads'
import { isAnyModelError } from '@anymodel/core'
import type { ArchiveTask } from './archives.ts'
import type { ThreadError } from './file-thread.ts'
import type { Loader } from './loader.ts'

/** The program of the thread in which files that are archives are read. A reader is imported with its first file. */
const readers: Readonly<Record<ArchiveTask['format'], () => Promise<Loader>>> = {
  docx: async () => (await import('./docx.ts')).readDocx,
  xlsx: async () => (await import('./xlsx.ts')).readXlsx,
  pptx: async () => (await import('./pptx.ts')).readPptx,
  epub: async () => (await import('./epub.ts')).readEpub,
}

// What a library drops on the way is told by what it answers.
process.on('unhandledRejection', () => {})

parentPort?.on('message', async ({ format, source, options, bytes }: ArchiveTask) => {
  try {
    const read = await readers[format]()
    parentPort?.postMessage({ done: await read({ ...source, bytes }, options) })
  } catch (error) {
    parentPort?.postMessage({ error: plain(error) })
  }
})

function plain(error: unknown): ThreadError {
  const { name = 'Error', message = String(error) } = (error ?? {}) as Partial<Error>
  return { name, message, code: isAnyModelError(error) ? error.code : undefined }
}
