/** What a database holds, as hashes: of whole tables, and of the rows that are about one user or one account. */
import type { Client } from 'pg';

export interface Content {
  /** By table; when a token or a session was used last does not count. */
  readonly tables: Readonly<Record<string, string>>;
  /** The same of the rows that are about the user or the account. */
  readonly about: Readonly<Record<string, string>>;
  readonly acts: readonly ActRow[];
}

export interface ActRow {
  readonly id: string;
  readonly actor: string;
  readonly act: string;
  readonly account_id: string | null;
  readonly user_id: string | null;
}

interface Subject {
  readonly userId: string;
  readonly accountId: string;
}

/** Looks into one database again and again. */
export async function watchContent(
  client: Client,
  { userId, accountId }: Subject,
): Promise<() => Promise<Content>> {
  const { rows: tables } = await client.query<{ name: string; columns: string[] }>(
    `SELECT table_name AS name, array_agg(column_name::text) AS columns FROM information_schema.columns
     JOIN information_schema.tables USING (table_schema, table_name)
     WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> 'schema_migrations'
     GROUP BY table_name ORDER BY table_name`,
  );
  const subject: Record<string, string> = { user_id: userId, account_id: accountId };
  const parts = tables.map(({ name, columns }) => {
    const own = name === 'users' ? [`id = ${userId}`] : name === 'accounts' ? [`id = ${accountId}`] : [];
    const named = columns.flatMap((column) => (subject[column] ? [`${column} = ${subject[column]}`] : []));
    const isAbout = [...own, ...named].join(' OR ') || 'false';
    const noted = name === 'sessions' ? 'used_at' : 'last_used_at';
    const row = `(to_jsonb(each) - '${noted}')::text`;
    const hash = (where: string): string =>
      `coalesce(md5(string_agg(${row}, ' ' ORDER BY ${row}) FILTER (WHERE ${where})), '')`;
    return `SELECT '${name}' AS name, ${hash('true')} AS whole, ${hash(isAbout)} AS about FROM ${name} AS each`;
  });
  return async () => {
    const { rows } = await client.query<{ name: string; whole: string; about: string }>(
      parts.join(' UNION ALL '),
    );
    const acts = await client.query<ActRow>(
      'SELECT id, actor, act, account_id, user_id FROM audit ORDER BY id',
    );
    return {
      tables: Object.fromEntries(rows.map(({ name, whole }) => [name, whole])),
      about: Object.fromEntries(rows.map(({ name, about }) => [name, about])),
      acts: acts.rows,
    };
  };
}

/** What was done is recorded, and answers are kept, but nothing that belongs to a user is changed by that. */
const unchanging = ['audit', 'kept_answers'];

/** The tables that differ, besides the audit and the answers that are kept for a day. */
export const changedTables = (before: Content, after: Content): string[] =>
  Object.keys(after.tables).filter(
    (name) => !unchanging.includes(name) && before.tables[name] !== after.tables[name],
  );

/** The acts that were recorded in between. */
export const newActs = (before: Content, after: Content): ActRow[] =>
  after.acts.filter(({ id }) => !before.acts.some((each) => each.id === id));
