import { describe, test } from 'vitest'
import { testStore } from '../../conformance/test-store.ts'
import { memoryStore } from './memory-store.ts'

testStore({
  describe,
  test,
  name: 'memoryStore',
  make() {
    const store = memoryStore()
    return { store: () => store }
  },
})
