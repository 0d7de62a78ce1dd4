import type { DatasetName } from './datasets.ts'

/** Tasks whose own solution fails their own tests, with what is wrong in the dataset. */
export const knownFailures: Partial<Record<DatasetName, Readonly<Record<string, string>>>> = {}
