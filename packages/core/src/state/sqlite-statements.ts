// One statement is one transaction. ?1 is the time, -1 for SQLite's own.

const now = `CAST(coalesce(nullif(?1, -1), (julianday('now') - 2440587.5) * 86400000) AS INTEGER)`

/** Of each connection. What was committed outlives the process; with `NORMAL` the last of it may be lost when the machine loses power. */
export const settings = (timeout: number): readonly string[] => [
  `PRAGMA busy_timeout = ${Math.ceil(timeout)}`,
  'PRAGMA synchronous = NORMAL',
]

export const schema = [
  'PRAGMA journal_mode = WAL',
  `CREATE TABLE IF NOT EXISTS anymodel_counts (
    key TEXT NOT NULL, part TEXT NOT NULL, amount INTEGER NOT NULL, expires INTEGER NOT NULL, PRIMARY KEY (key, part)
  ) WITHOUT ROWID`,
  'CREATE INDEX IF NOT EXISTS anymodel_counts_expires ON anymodel_counts (expires)',
  `CREATE TABLE IF NOT EXISTS anymodel_values (
    key TEXT PRIMARY KEY, value TEXT NOT NULL, since INTEGER NOT NULL, expires INTEGER NOT NULL
  )`,
  'CREATE INDEX IF NOT EXISTS anymodel_values_expires ON anymodel_values (expires)',
]

/** A value from the future is none: the clock was set back, and nobody knows how old it is. */
export const get = (): string =>
  `SELECT value FROM anymodel_values WHERE key = ?2 AND since <= ${now} AND expires > ${now}`

export const set =
  (): string => `INSERT INTO anymodel_values (key, value, since, expires) VALUES (?2, ?3, ${now}, ${now} + ?4)
  ON CONFLICT (key) DO UPDATE SET value = excluded.value, since = excluded.since, expires = excluded.expires`

export const remove = 'DELETE FROM anymodel_values WHERE key = ?1'

export const sweepValues = (): string => `DELETE FROM anymodel_values WHERE key IN
  (SELECT key FROM anymodel_values WHERE expires <= ${now} LIMIT 100)`

export const sweepCounts = (): string => `DELETE FROM anymodel_counts WHERE (key, part) IN
  (SELECT key, part FROM anymodel_counts WHERE expires <= ${now} LIMIT 100)`

const clock = (): string => `clock AS (SELECT ${now} AS now)`

/** What there is under a name and still counts. */
const found = (rows: string) =>
  `LEFT JOIN anymodel_counts AS found ON found.key = ${rows}.key AND found.part = ${rows}.part AND found.expires > now`

/** ?2: claims as JSON. All are granted or none. */
export const take = (): string => `WITH ${clock()},
  claims AS (
    SELECT value ->> 'key' AS key, value ->> 'amount' AS amount, value ->> 'limit' AS most, value ->> 'window' AS window,
      value ->> 'lease' AS lease, value ->> 'piece' AS piece, now,
      coalesce(value ->> 'lease', CAST(now / (value ->> 'piece') AS TEXT)) AS part
    FROM json_each(?2), clock
  ),
  refused AS (
    SELECT 1 FROM claims WHERE amount + (
      SELECT coalesce(sum(counts.amount), 0) FROM anymodel_counts AS counts
      WHERE counts.key = claims.key AND counts.expires > now AND counts.part IS NOT claims.lease
    ) > most
  )
  INSERT INTO anymodel_counts (key, part, amount, expires)
  SELECT claims.key, claims.part,
    CASE WHEN lease IS NULL THEN coalesce(found.amount, 0) ELSE 0 END + claims.amount,
    CASE WHEN lease IS NULL THEN (now / piece + 1) * piece + window ELSE now + window END
  FROM claims ${found('claims')} WHERE NOT EXISTS (SELECT 1 FROM refused)
  ON CONFLICT (key, part) DO UPDATE SET amount = excluded.amount, expires = max(expires, excluded.expires)
  RETURNING key, part`

/** ?2: settlements as JSON. What lapsed is left alone, unless it came to more than was claimed: that counts from now on. */
export const settle = (): string => `WITH ${clock()},
  settled AS (
    SELECT value ->> 'key' AS key, value ->> 'part' AS part, value ->> 'lease' AS lease, value ->> 'by' AS by,
      value ->> 'window' AS window, value ->> 'piece' AS piece, now
    FROM json_each(?2), clock
  ),
  placed AS (
    SELECT settled.key, lease, by, window, piece, now,
      CASE WHEN lease OR found.key IS NOT NULL THEN settled.part ELSE CAST(now / piece AS TEXT) END AS part
    FROM settled ${found('settled')} WHERE lease OR found.key IS NOT NULL OR by > 0
  )
  INSERT INTO anymodel_counts (key, part, amount, expires)
  SELECT placed.key, placed.part,
    max(0, sum(by) + CASE WHEN lease THEN 0 ELSE coalesce(found.amount, 0) END),
    CASE WHEN lease AND by = 0 THEN 0 WHEN lease THEN now + window
      ELSE coalesce(found.expires, (now / piece + 1) * piece + window) END
  FROM placed ${found('placed')} WHERE true GROUP BY placed.key, placed.part
  ON CONFLICT (key, part) DO UPDATE SET amount = excluded.amount, expires = excluded.expires`

export const counted = (): string =>
  `SELECT part, amount, expires, ${now} AS now FROM anymodel_counts WHERE key = ?2 AND expires > ${now}`

/** The clock was set back: nothing counts for longer than what is granted now. */
export const clamp = (): string =>
  `UPDATE anymodel_counts SET expires = ${now} + ?3 WHERE key = ?2 AND expires > ${now} + ?3`
