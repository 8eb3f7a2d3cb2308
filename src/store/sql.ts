/**
 * The queries: one per file in `sql/`, read once when the program starts, so that a missing file stops the start and
 * not the first roll. Each file opens with a comment that says what the query is for; the code only names it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { packageFile } from '../files/package-files.ts';

const folder = packageFile('src/store/sql/');

const texts = new Map(
  readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .map((file) => [file.slice(0, -'.sql'.length), readFileSync(new URL(file, folder), 'utf8')]),
);

/** The text of `sql/<name>.sql`. @throws Error when there is no such file: a fault in the program. */
export function sql(name: string): string {
  const text = texts.get(name);
  if (text === undefined) throw new Error(`src/store/sql/${name}.sql does not exist`);
  return text;
}
