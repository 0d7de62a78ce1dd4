import { AnyModelError } from '@anymodel/core'
import { type PostgresPool, type Query, transaction } from './client.ts'

/** Changes with every change of the tables. */
const version = '1'

/** The longest vectors that pgvector indexes. */
const mostIndexed = 2000

/** Names of the tables, quoted. */
export interface Tables {
  readonly about: string
  readonly documents: string
  readonly chunks: string
}

export function tablesOf(schema: string | undefined, table: string): Tables {
  if (!table || Buffer.byteLength(table) > 40)
    throw new AnyModelError('invalid-argument', 'The name of the table must have from 1 to 40 bytes.')
  const named = (suffix: string) => [...(schema ? [schema] : []), `${table}_${suffix}`].map(quoted).join('.')
  return { about: named('about'), documents: named('documents'), chunks: named('chunks') }
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`

/**
 * Texts are compared by code points (COLLATE "C"). `facets` are the values of the metadata by field, each in a list, for filters; `words` and `length` what search by words needs. The column of the vectors is
 * made with the first of them, when their length is known.
 */
const statements = ({ about, documents, chunks }: Tables) => [
  `CREATE TABLE IF NOT EXISTS ${about} (name text PRIMARY KEY, value text NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS ${documents} (id text COLLATE "C" PRIMARY KEY, hash text NOT NULL, title text, chunks integer NOT NULL, metadata text NOT NULL, added text NOT NULL, searched integer NOT NULL, length integer NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS ${chunks} (id text COLLATE "C" PRIMARY KEY, document text COLLATE "C" NOT NULL REFERENCES ${documents} ON DELETE CASCADE, place integer NOT NULL, hash text COLLATE "C" NOT NULL, text text NOT NULL, more text NOT NULL, metadata text NOT NULL, facets jsonb NOT NULL, words tsvector NOT NULL, length integer NOT NULL)`,
  `CREATE INDEX IF NOT EXISTS ${indexName(chunks, 'place')} ON ${chunks} (document, place)`,
  `CREATE INDEX IF NOT EXISTS ${indexName(chunks, 'hash')} ON ${chunks} USING hash (hash)`,
  `CREATE INDEX IF NOT EXISTS ${indexName(chunks, 'facets')} ON ${chunks} USING gin (facets jsonb_path_ops)`,
  `CREATE INDEX IF NOT EXISTS ${indexName(chunks, 'words')} ON ${chunks} USING gin (words)`,
  `INSERT INTO ${about} VALUES ('version', '${version}') ON CONFLICT DO NOTHING`,
]

/** An index has no schema of its own. */
const indexName = (table: string, what: string) =>
  `${table
    .split(/\.(?=")/)
    .at(-1)
    ?.slice(0, -1)}_${what}"`

/** Makes what is not there. Throws `config` without pgvector, and for tables of another version. */
export async function makeTables(pool: PostgresPool, tables: Tables): Promise<void> {
  await transaction(pool, async (query) => {
    // Several that open at once would get in each other's way.
    await query('SELECT pg_advisory_xact_lock(hashtext($1))', [tables.about])
    await requireVectors(query)
    for (const sql of statements(tables)) await query(sql)
    const [made] = await query(`SELECT value FROM ${tables.about} WHERE name = 'version'`)
    if (made?.value !== version)
      throw new AnyModelError(
        'config',
        `The tables ${tables.about} and others have version ${made?.value}, and this version of @anymodel/rag needs ${version}. Use the version that made them, or name another table and add the documents again.`,
      )
  })
}

async function requireVectors(query: Query): Promise<void> {
  const [there] = await query(`SELECT extversion FROM pg_extension WHERE extname = 'vector'`)
  if (there) return
  const [available] = await query(`SELECT name FROM pg_available_extensions WHERE name = 'vector'`)
  if (!available)
    throw new AnyModelError(
      'config',
      'The database has no pgvector. Install it on the server (https://github.com/pgvector/pgvector), then open the store again.',
    )
  await query('CREATE EXTENSION vector')
}

/** A column for vectors of this length, in place of one for vectors that are all gone, with an index where pgvector can have one. */
export async function makeVectorColumn(query: Query, { chunks }: Tables, dimensions: number): Promise<void> {
  await query(`ALTER TABLE ${chunks} DROP COLUMN IF EXISTS vector`)
  await query(`ALTER TABLE ${chunks} ADD COLUMN vector vector(${dimensions})`)
  if (dimensions <= mostIndexed)
    await query(`CREATE INDEX ${indexName(chunks, 'vector')} ON ${chunks} USING hnsw (vector vector_cosine_ops)`)
}
