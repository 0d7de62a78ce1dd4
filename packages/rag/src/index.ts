export type * from './contract.ts'
export { type MemoryStoreOptions, memoryStore } from './store/memory/memory-store.ts'
export { type Words, words } from './store/words.ts'
