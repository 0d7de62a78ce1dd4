import { tmpdir } from 'node:os'
import { expect, it } from 'vitest'
import { explainDisk, requireSpace } from './disk.ts'

it.each([
  ['ENOSPC', /disk is full\. Make room, or set ANYMODEL_CACHE.*What came is kept/],
  ['EDQUOT', /quota is used up/],
  ['EACCES', /no permission to write/],
  ['EROFS', /can only be read\. Set ANYMODEL_CACHE/],
  ['EIO', /cache can not be used/],
  ['ENOENT', /Was the model removed/],
  ['ENOTDIR', /A file stands where a folder is wanted/],
])('%s is a config error that says what to do', (code, message) => {
  const cause = Object.assign(new Error(code), { code, syscall: 'open', path: '/cache/x' })
  const error = explainDisk(cause)
  expect(error).toMatchObject({ code: 'config', cause, message: expect.stringMatching(message) })
  expect(error).toMatchObject({ message: expect.stringMatching(/\/cache\/x/) })
})

it('what is no matter of the disk stays as it is', () => {
  const error = new Error('other')
  expect(explainDisk(error)).toBe(error)
})

it('asks for room before it is needed', async () => {
  await expect(requireSpace(tmpdir(), 1)).resolves.toBeUndefined()
  await expect(requireSpace(tmpdir(), 10 ** 16)).rejects.toMatchObject({ code: 'config' })
  await expect(requireSpace('/no/such/folder', 10 ** 16)).resolves.toBeUndefined()
})
