import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { scratchFolder } from '../testing/toy-model.ts'
import { openPhonemizer } from './phonemes.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

const clauses = [
  { text: 'guten Tag', mark: ',' },
  { text: 'Herr "$HOME" Müller', mark: '.' },
]
const never = () => false

it('English comes from the installed package', async () => {
  vi.stubEnv('PATH', '')
  const toPhonemes = await openPhonemizer('en-us')
  expect(await toPhonemes([{ text: 'Hello there', mark: '!' }], never)).toBe('həlˈoʊ ðˈɛɹ!')
})

/** A program named espeak-ng that is the only one on the path. */
function program(script: string): void {
  const folder = scratchFolder()
  writeFileSync(join(folder, 'espeak-ng'), `#!/bin/sh\n${script}\n`)
  chmodSync(join(folder, 'espeak-ng'), 0o755)
  vi.stubEnv('PATH', `${folder}:/bin:/usr/bin`)
}

describe.skipIf(process.platform === 'win32')(
  'other languages come from the program espeak-ng (skipped on Windows)',
  () => {
    it('which is shown the text as its input, never as words of a command', async () => {
      program('echo "$*"; echo "(en)[$(cat)](de)"')
      const toPhonemes = await openPhonemizer('de')
      expect(await toPhonemes(clauses, never)).toBe(
        '-q --ipa --stdin -v de [guten Tag], -q --ipa --stdin -v de [Herr "$HOME" Müller].',
      )
    })

    it('what goes wrong is told', async () => {
      program('if [ "$(cat)" = a ]; then echo a; else echo "no such voice" >&2; exit 1; fi')
      const toPhonemes = await openPhonemizer('de')
      await expect(toPhonemes(clauses, never)).rejects.toThrow(/guten Tag.*no such voice/)
    })

    it('nothing more is asked once nobody waits', async () => {
      program('if [ "$(cat)" = a ]; then echo a; else exec sleep 30; fi')
      const toPhonemes = await openPhonemizer('de')
      expect(await toPhonemes(clauses, () => true)).toBeUndefined()
    })

    it('without it the error says what to install, and why it did not come along', async () => {
      vi.stubEnv('PATH', scratchFolder())
      await expect(openPhonemizer('de')).rejects.toMatchObject({
        code: 'config',
        message: expect.stringMatching(/^(?!.*npm install).*apt install espeak-ng.*GPL 3\.0/s),
      })
    })
  },
)

it.each(['', '--path=/etc', '../de', 'de;id'])('the voice "%s" is none', async (voice) => {
  await expect(openPhonemizer(voice)).rejects.toMatchObject({ code: 'config' })
})
