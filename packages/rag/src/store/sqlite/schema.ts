import { AnyModelError } from '@anymodel/core'
import type { Transaction } from './connection.ts'

/** Changes with every change of the tables. */
const version = 1

/** Tells a knowledge base from other SQLite files: "anyk". */
const applicationId = 0x616e796b

/**
 * `words` are in a table without content of its own: the words are cut by us, so that every store finds alike, and the text is in `chunks`. `facts` are the metadata of chunks, once for all chunks of
 * a document that share them, and `facets` their values for filters. The vectors of a document are one blob, in the order of `chunks.vector`: a file with few rows is read faster.
 * Keys are never used twice: a reader tells from them what has changed.
 */
const tables = [
  'CREATE TABLE about (name TEXT PRIMARY KEY, value ANY) WITHOUT ROWID',
  `CREATE TABLE documents (key INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, hash TEXT NOT NULL, title TEXT, chunks INTEGER NOT NULL, metadata TEXT NOT NULL, added TEXT NOT NULL)`,
  'CREATE TABLE facts (key INTEGER PRIMARY KEY, document INTEGER NOT NULL, metadata TEXT NOT NULL)',
  'CREATE INDEX facts_document ON facts (document)',
  'CREATE TABLE facets (facts INTEGER NOT NULL, field TEXT NOT NULL, type TEXT NOT NULL, text TEXT, number REAL)',
  'CREATE INDEX facets_facts ON facets (facts)',
  'CREATE INDEX facets_text ON facets (field, text, facts) WHERE text IS NOT NULL',
  'CREATE INDEX facets_number ON facets (field, number, facts) WHERE number IS NOT NULL',
  `CREATE TABLE chunks (key INTEGER PRIMARY KEY AUTOINCREMENT, document INTEGER NOT NULL, facts INTEGER NOT NULL, id TEXT NOT NULL UNIQUE, place INTEGER NOT NULL, hash TEXT NOT NULL, vector INTEGER, text TEXT NOT NULL, more TEXT NOT NULL)`,
  'CREATE INDEX chunks_document ON chunks (document, place)',
  'CREATE INDEX chunks_hash ON chunks (hash) WHERE vector IS NOT NULL',
  `CREATE VIRTUAL TABLE words USING fts5 (list, content = '', contentless_delete = 1, tokenize = 'ascii')`,
  `CREATE VIRTUAL TABLE vocabulary USING fts5vocab (words, row)`,
  'CREATE TABLE vectors (document INTEGER PRIMARY KEY, numbers BLOB NOT NULL)',
  `INSERT INTO about VALUES ('changes', 0)`,
  `PRAGMA application_id = ${applicationId}`,
  `PRAGMA user_version = ${version}`,
]

/** Makes the tables in an empty file. Throws `config` for a file of something else or of a newer version. */
export async function makeTables(transaction: Transaction, path: string): Promise<void> {
  const [row] = await transaction.rows(
    'SELECT (SELECT application_id FROM pragma_application_id) AS id, (SELECT user_version FROM pragma_user_version) AS made, (SELECT count(*) FROM sqlite_master) AS found',
  )
  const { id, made, found } = row as unknown as { id: number; made: number; found: number }
  if (id === applicationId && made === version) return
  if (id === applicationId)
    throw new AnyModelError(
      'config',
      `${path} was made by ${made > version ? 'a newer' : 'an older'} version of @anymodel/rag (its tables have version ${made}, not ${version}). Use that version, or name another file and add the documents again.`,
    )
  if (id !== 0 || found !== 0)
    throw new AnyModelError('config', `${path} is a SQLite file of something else. Name another file for the store.`)
  for (const sql of tables) await transaction.run(sql)
}
