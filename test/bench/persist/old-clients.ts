/**
 * The commit ceiling, as pgbench measures it: clients that each make one version-checked update and one journal row a
 * commit, over the product's own tables, as fast as the answers come. In a process of its own, so that it and the side it
 * is compared with have a core each to share with Postgres. pgbench itself does not come from npm; given the same statement
 * on the same machine it commits as many. Prints the commits a second.
 */
import { Client } from 'pg';

const [url = '', clients = '16', seconds = '2', prefix = '', state = '', snapshot = ''] =
  process.argv.slice(2);

const text = `WITH moved AS (
    UPDATE tasks SET version = version + 1, state = $3, snapshot = $4::json, updated_at = now()
    WHERE account_id = $1 AND id = $2 AND version = $5
    RETURNING account_id, id, version
  )
  INSERT INTO journal (account_id, task_id, version, at_ms, path, event, state, snapshot, writer)
  SELECT account_id, id, version, 0, '', '{"type":"PAUSE","commandId":"none"}', $3, $4::json, 'ceiling' FROM moved`;

let commits = 0;
let isOver = false;

async function commit(at: number): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const id = `${prefix}${at}`;
  const { rows } = await client.query<{ account_id: string; version: number }>(
    'SELECT account_id, version FROM tasks WHERE id = $1',
    [id],
  );
  let version = rows[0]?.version ?? 0;
  while (!isOver) {
    const values = [rows[0]?.account_id, id, state, snapshot, version];
    const { rowCount } = await client.query({ name: 'commit', text, values });
    if (rowCount !== 1) throw new Error(`${id}: version ${version} was not committed`);
    version += 1;
    commits += 1;
  }
  await client.end();
}

const running = Array.from({ length: Number(clients) }, (_, at) => commit(at));
await new Promise((resolve) => setTimeout(resolve, 500));
const [before, startedMs] = [commits, performance.now()];
await new Promise((resolve) => setTimeout(resolve, Number(seconds) * 1_000));
const perSecond = ((commits - before) * 1_000) / (performance.now() - startedMs);
isOver = true;
await Promise.all(running);
console.log(perSecond);
