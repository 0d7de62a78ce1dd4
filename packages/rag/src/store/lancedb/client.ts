/** What the store needs of LanceDB: `import * as lancedb from '@lancedb/lancedb'` fits. */
export interface LanceDb {
  connect(uri: string, options?: { readConsistencyInterval?: number }): Promise<LanceConnection>
  readonly Index: { fts(options?: LanceFtsOptions): unknown }
}

interface LanceFtsOptions {
  baseTokenizer?: 'whitespace'
  lowercase?: boolean
  stem?: boolean
  removeStopWords?: boolean
  asciiFolding?: boolean
  maxTokenLength?: number
  withPosition?: boolean
}

export interface LanceConnection {
  tableNames(): Promise<string[]>
  openTable(name: string): Promise<LanceTable>
  createTable(name: string, rows: Record<string, unknown>[], options?: { mode?: 'overwrite' }): Promise<LanceTable>
  close(): void
}

export interface LanceTable {
  // biome-ignore lint/suspicious/noExplicitAny: the class of the index belongs to LanceDB
  createIndex(column: string, options: { config: any; replace?: boolean }): Promise<void>
  mergeInsert(on: string | string[]): LanceMerge
  delete(where: string): Promise<unknown>
  countRows(where?: string): Promise<number>
  optimize(): Promise<unknown>
  query(): LanceQuery
}

interface LanceMerge {
  whenMatchedUpdateAll(): LanceMerge
  whenNotMatchedInsertAll(): LanceMerge
  whenNotMatchedBySourceDelete(options?: { where: string }): LanceMerge
  execute(rows: Record<string, unknown>[]): Promise<unknown>
}

export interface LanceRows {
  where(sql: string): this
  select(columns: string[]): this
  limit(rows: number): this
  // biome-ignore lint/suspicious/noExplicitAny: rows of Arrow
  toArray(): Promise<any[]>
}

export interface LanceQuery extends LanceRows {
  fullTextSearch(query: string, options: { columns: string[] }): this
  nearestTo(vector: number[]): LanceRows & { distanceType(type: 'cosine'): LanceRows }
}
