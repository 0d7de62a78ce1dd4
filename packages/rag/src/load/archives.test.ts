import { setTimeout as pause } from 'node:timers/promises'
import { strToU8, unzipSync, zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { book, presentation, workbook } from '../testing/office-files.ts'
import { load } from './load.ts'

const cell = (place: string) => `<c r="${place}" t="inlineStr"><is><t>x</t></is></c>`

/** A workbook whose first sheet has these rows. */
const withRows = (rows: string): Uint8Array =>
  zipSync({
    ...unzipSync(workbook()),
    'xl/worksheets/sheet1.xml': strToU8(
      `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>${rows}</sheetData></worksheet>`,
    ),
  })

/** Two cells at the ends of a sheet: a reader that makes a place for each between them needs more memory than there is. */
const farApart = () => withRows(`<row r="1">${cell('A1')}</row><row r="1048576">${cell('XFD1048576')}</row>`)

/** A book that takes seconds to read. */
const long = () => book({ 'OEBPS/text/a.xhtml': `<html><body>${'<p>Some words.</p>'.repeat(400_000)}</body></html>` })

describe('files that are archives', () => {
  it('are refused when they take more memory than a thread has, and the next one is read', async () => {
    await expect(load({ id: 'far.xlsx', bytes: farApart() })).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringMatching(/^far\.xlsx takes more than a gigabyte of memory/),
    })
    expect((await load({ id: 'a.xlsx', bytes: workbook() }))[0]?.text).toContain('Ann & Bob')
  }, 60_000)

  it('are refused when they take too long, and the next one is read', async () => {
    await expect(load({ id: 'a.epub', bytes: long() }, { maxTime: 50 })).rejects.toThrow(
      /a\.epub takes more than 50 ms.*maxTime/,
    )
    expect((await load({ id: 'b.epub', bytes: book() }))[0]?.title).toBe('A & B')
  }, 60_000)

  it('end with the reason of an abort, before and while they are read', async () => {
    const controller = new AbortController()
    const reading = load({ id: 'a.epub', bytes: long() }, { signal: controller.signal })
    setTimeout(() => controller.abort('enough'), 20)
    await expect(reading).rejects.toBe('enough')
    await expect(load({ id: 'b.epub', bytes: book() }, { signal: controller.signal })).rejects.toBe('enough')
  }, 60_000)

  it('leave this thread free while they are read', async () => {
    const bytes = long()
    let [ended, turns] = [false, 0]
    const reading = load({ id: 'a.epub', bytes }).finally(() => {
      ended = true
    })
    for (; !ended; turns++) await pause(5)
    expect((await reading)[0]?.text.length).toBeGreaterThan(5_000_000)
    expect(turns).toBeGreaterThan(10)
  }, 60_000)

  it('are read beside each other, and bytes that were handed over stay', async () => {
    const files: Readonly<Record<string, Uint8Array>> = {
      'a.epub': book(),
      'a.pptx': presentation(),
      'a.xlsx': workbook(),
      'b.epub': book(),
    }
    const documents = await Promise.all(Object.entries(files).map(([id, bytes]) => load({ id, bytes })))
    expect(documents.map(([document]) => document?.id)).toEqual(Object.keys(files))
    for (const bytes of Object.values(files)) expect(bytes.byteLength).toBeGreaterThan(100)
  })

  it('wait for each other where there are many, and leave with an abort while they wait', async () => {
    const controller = new AbortController()
    const busy = Array.from({ length: 4 }, () => load({ id: 'a.epub', bytes: long() }, { maxTime: 50 }))
    const last = load({ id: 'b.epub', bytes: book() })
    const left = load({ id: 'c.epub', bytes: book() }, { signal: controller.signal })
    setTimeout(() => controller.abort('enough'), 50)
    await expect(left).rejects.toBe('enough')
    for (const each of await Promise.allSettled(busy)) expect(each.status).toBe('rejected')
    expect((await last)[0]?.title).toBe('A & B')
  }, 60_000)

  it('tell what is wrong with them as if they were read here', async () => {
    const locked = book({
      'META-INF/encryption.xml': '<encryption><CipherReference URI="OEBPS/text/a.xhtml"/></encryption>',
    })
    await expect(load({ id: 'a.epub', bytes: locked })).rejects.toThrow(/^a\.epub is copy-protected/)
    await expect(load({ id: 'a.epub', bytes: long() }, { maxText: 1_000 })).rejects.toThrow(/maxText/)
  })
})
