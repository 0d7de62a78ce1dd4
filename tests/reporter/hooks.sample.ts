import { beforeAll, describe, it } from 'vitest'

describe('a group whose hook fails', () => {
  beforeAll(() => {
    throw new Error('not ready')
  })
  it('never runs', () => {})
})
