import { expect, test, vi } from 'vitest'
import { languageDetector } from './language.ts'

vi.mock('eld/extrasmall', () => {
  throw new Error('Cannot find package')
})

test('without eld, who asks for a detector is told what to install', async () => {
  await expect(languageDetector()).rejects.toMatchObject({
    code: 'config',
    message: expect.stringContaining('npm install eld'),
  })
})
