import type { Metadata } from '../contract.ts'
import { broken, reading } from './broken.ts'
import { isoDate } from './document-of.ts'
import type { LoadOptions, Source } from './loader.ts'
import { checkNesting } from './parse-markup.ts'
import { parseXml, textOf } from './xml.ts'
import { type Entries, unzip } from './zip.ts'

/** The parts of an Office file that are wanted, unpacked, and packed again for libraries that read the archive themselves: what they get can't unpack to more than it is. */
export async function checkedOffice(
  { id, bytes }: Source,
  wanted: RegExp,
  { maxText = 20_000_000 }: LoadOptions,
): Promise<{ readonly entries: Entries; readonly archive: Uint8Array }> {
  const entries = await unzip(id, bytes, wanted, maxText * 10)
  if (!entries.has('[Content_Types].xml'))
    throw broken(id, 'is no Office file: the list of its parts is missing. Save it again in its own program.')
  const archive = await reading(id, 'an Office file', async () => {
    for (const part of entries.values()) await checkNesting(new TextDecoder().decode(part))
    const { zipSync } = await import('fflate')
    return zipSync(Object.fromEntries(entries), { level: 0 })
  })
  return { entries, archive }
}

/** Title, dates, author and subject of an Office file. */
export async function coreProperties(entries: Entries) {
  const part = entries.get('docProps/core.xml')
  const tree = part && (await parseXml(part))
  const of = (name: string): string | undefined => tree && textOf(tree, name)
  const metadata: Metadata = Object.fromEntries(
    (['creator', 'subject', 'keywords', 'description'] as const).flatMap((name) => {
      const value = of(name)?.slice(0, 1_000)
      return value ? [[name === 'creator' ? 'author' : name, value]] : []
    }),
  )
  return {
    title: of('title'),
    language: of('language'),
    created: isoDate(of('created')),
    modified: isoDate(of('modified')),
    metadata,
  }
}
