import { broken, reading } from './broken.ts'

/** The files of an archive by their paths, unpacked. */
export type Entries = ReadonlyMap<string, Uint8Array>

const maxEntries = 20_000

/** The names in an archive. Throws for what is none. */
export async function entryNames(id: string, bytes: Uint8Array): Promise<readonly string[]> {
  const names: string[] = []
  await unpacked(id, bytes, ({ name }) => {
    names.push(name)
    return false
  })
  return names
}

/** Unpacks the files whose paths are wanted, up to `most` bytes in all, which is checked before any of them is unpacked. Nothing is written to disk. */
export async function unzip(id: string, bytes: Uint8Array, wanted: RegExp, most: number): Promise<Entries> {
  let total = 0
  const entries = await unpacked(id, bytes, ({ name, originalSize }) => {
    if (!wanted.test(name)) return false
    total += originalSize
    if (total > most) throw broken(id, `unpacks to more than ${most} bytes: raise maxText, or leave it out.`)
    return true
  })
  return new Map(Object.entries(entries))
}

interface Entry {
  readonly name: string
  readonly originalSize: number
}

function unpacked(
  id: string,
  bytes: Uint8Array,
  filter: (entry: Entry) => boolean,
): Promise<Record<string, Uint8Array>> {
  return reading(id, 'an archive', async () => {
    const { unzipSync } = await import('fflate')
    let entries = 0
    return unzipSync(bytes, {
      filter(entry) {
        if (++entries > maxEntries) throw broken(id, `holds more than ${maxEntries} files: leave it out.`)
        return filter(entry)
      },
    })
  })
}
