import { it } from 'vitest'

it('passes and leaves a rejection', () => {
  void Promise.reject(new Error('nobody listens'))
})
