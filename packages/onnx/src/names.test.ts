import { mkdirSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { locate } from './names.ts'
import { scratchFolder } from './testing/toy-model.ts'

const smol = /model-smollm2-135m-instruct$/

describe('the name of a model', () => {
  it('is an npm package, found from here or from a file of the caller', () => {
    expect(realpathSync(locate('npm:@anymodel/model-smollm2-135m-instruct').folder)).toMatch(smol)
    const project = scratchFolder()
    mkdirSync(join(project, 'node_modules/my-model'), { recursive: true })
    writeFileSync(join(project, 'node_modules/my-model/package.json'), '{}')
    const resolveFrom = [join(project, 'app.js')]
    expect(locate('npm:my-model', { resolveFrom }).folder).toBe(join(project, 'node_modules/my-model'))
  })

  it('is a path, relative to dir', () => {
    const dir = scratchFolder()
    mkdirSync(join(dir, 'a/b'), { recursive: true })
    expect(locate('dir:./a/b', { dir })).toEqual({ folder: join(dir, 'a/b') })
    expect(locate(`dir:${join(dir, 'a')}`)).toEqual({ folder: join(dir, 'a') })
  })

  it('is a bare name: a folder in dir, else a model package', () => {
    const dir = scratchFolder()
    mkdirSync(join(dir, 'mine'))
    expect(locate('mine', { dir }).folder).toBe(join(dir, 'mine'))
    expect(realpathSync(locate('smollm2-135m-instruct', { dir }).folder)).toMatch(smol)
  })

  it('may end with a precision', () => {
    const dir = scratchFolder()
    mkdirSync(join(dir, 'phi'))
    expect(locate('phi:q4', { dir })).toMatchObject({ dtype: 'q4' })
    expect(locate('dir:phi:fp32', { dir })).toMatchObject({ dtype: 'fp32' })
    expect(() => locate('phi:q9', { dir })).toThrow(/"q9" is not a precision.*fp16/)
  })

  it.each([
    ['npm:@anymodel/model-none', /not installed.*npm install @anymodel\/model-none/],
    ['dir:./nowhere', /there is no folder .*nowhere/],
    ['nothing-of-this-name', /neither a folder .* nor an installed package @anymodel\/model-nothing-of-this-name/],
    ['hf:org/not-downloaded', /was not downloaded to .*anymodel pull hf:org\/not-downloaded/],
    ['hf:repo', /is named hf:<org>/],
    ['../outside', /can't lead out/],
    ['dir:', /empty/],
    ['', /empty/],
  ])('"%s" is refused with what to do', (id, message) => {
    expect(() => locate(id)).toThrow(message)
    expect(() => locate(id)).toThrow(expect.objectContaining({ code: 'config', model: id }))
  })
})
