/**
 * The commit ceiling, as pgbench measures it: clients that each make one version-checked update and one journal row a
 * commit, over the product's own tables, as fast as the answers come. pgbench does not come from npm, and an ordinary
 * Node client takes so much of a core that Postgres commits up to a fifth less than under pgbench. So the driver only
 * connects and prepares; each commit is the same bytes on its socket, with the next version in them. In a process of its
 * own, so that it and the side it is compared with have a core each to share with Postgres. Prints the commits a second.
 */
import type { Socket } from 'node:net';
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
  const { account_id: accountId = '', version = 0 } = rows[0] ?? {};
  await client.query({ name: 'commit', text, values: [accountId, id, state, snapshot, version] });
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
  await commitOn(stream, commitMessage([accountId, id, state, snapshot]), version + 1);
}

/** Resolves when it is over. @throws when something else than one row was stored */
function commitOn(stream: Socket, message: Buffer, firstVersion: number): Promise<void> {
  let version = firstVersion;
  let answer = '';
  const send = (): void => {
    message.writeInt32BE(version, message.length - versionFromEnd);
    stream.write(message);
  };
  return new Promise((resolve, reject) => {
    stream.removeAllListeners('data');
    stream.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1');
      if (!answer.endsWith(readyForQuery)) return;
      if (!answer.includes('INSERT 0 1\0')) {
        reject(new Error(`version ${version}: ${answer}`));
        return;
      }
      answer = '';
      version += 1;
      commits += 1;
      if (isOver) resolve();
      else send();
    });
    send();
  });
}

const readyForQuery = 'Z\0\0\0\x05I';
/** After the version come two bytes of the binding, and the messages to execute and to sync. */
const versionFromEnd = 4 + 2 + 10 + 5;

/** Bind, execute and sync of the prepared statement; the version, its last parameter, is four bytes to be filled in. */
function commitMessage(texts: readonly string[]): Buffer {
  const sized = (value: Buffer): Buffer => Buffer.concat([int32(value.length), value]);
  const bind = Buffer.concat([
    Buffer.from('\0commit\0'),
    int16(texts.length + 1, ...texts.map(() => 0), 1, texts.length + 1),
    ...texts.map((value) => sized(Buffer.from(value))),
    sized(Buffer.alloc(4)),
    int16(0),
  ]);
  const execute = Buffer.concat([Buffer.from('\0'), int32(0)]);
  const framed = (kind: string, body: Buffer): Buffer =>
    Buffer.concat([Buffer.from(kind), int32(body.length + 4), body]);
  return Buffer.concat([framed('B', bind), framed('E', execute), framed('S', Buffer.alloc(0))]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function int16(...values: number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  values.forEach((value, at) => bytes.writeInt16BE(value, 2 * at));
  return bytes;
}

const running = Array.from({ length: Number(clients) }, (_, at) => commit(at));
await new Promise((resolve) => setTimeout(resolve, 500));
const [before, startedMs] = [commits, performance.now()];
await new Promise((resolve) => setTimeout(resolve, Number(seconds) * 1_000));
const perSecond = ((commits - before) * 1_000) / (performance.now() - startedMs);
isOver = true;
await Promise.all(running);
console.log(perSecond);
// The driver would take a closed socket for a lost server.
process.exit(0);
