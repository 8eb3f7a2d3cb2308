/**
 * Price files that people send for their backtests: a bounded number, each in a file of a folder that only this program may read,
 * for an hour or until the daemon ends.
 */
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plainText } from '../domain/foreign-text.ts';
import { NotFound, TooMany } from '../domain/request-errors.ts';
import { hourMs } from '../domain/units.ts';
import type { PriceFileView } from '../ports/backtests.ts';

interface KeptFile extends PriceFileView {
  readonly owner: string;
  readonly path: string;
}

const filesMax = 16;
const filesOfOwnerMax = 3;
const nameMax = 80;

export class KeptFiles {
  readonly #nowMs: () => number;
  #files: readonly KeptFile[] = [];
  #folder: Promise<string> | null = null;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** The same content again is the same file. @throws TooMany when others keep as many as there is room for */
  async keep(owner: string, name: string, content: Uint8Array): Promise<PriceFileView> {
    await this.#forget(({ keptUntilMs }) => keptUntilMs <= this.#nowMs());
    const priceFileId = createHash('sha256').update(`${owner}\n`).update(content).digest('hex').slice(0, 24);
    const own = this.#files.filter((file) => file.owner === owner && file.priceFileId !== priceFileId);
    const dropped = own.length >= filesOfOwnerMax ? [own[0]] : [];
    await this.#forget((file) => dropped.includes(file) || file.priceFileId === priceFileId);
    if (this.#files.length >= filesMax)
      throw new TooMany('As many price files as there is room for are kept: try again in some minutes');
    const path = join(await this.#open(), priceFileId);
    await writeFile(path, content, { mode: 0o600 });
    const shown = plainText(name, nameMax);
    const keptUntilMs = this.#nowMs() + hourMs;
    this.#files = [
      ...this.#files,
      { priceFileId, name: shown, bytes: content.length, keptUntilMs, owner, path },
    ];
    return { priceFileId, name: shown, bytes: content.length, keptUntilMs };
  }

  /** The newest last. */
  list(owner: string): readonly PriceFileView[] {
    return this.#files
      .filter((file) => file.owner === owner && file.keptUntilMs > this.#nowMs())
      .map(({ priceFileId, name, bytes, keptUntilMs }) => ({ priceFileId, name, bytes, keptUntilMs }));
  }

  /** @throws NotFound when the owner has no such file, or no longer */
  find(owner: string, id: string): { readonly path: string; readonly name: string } {
    const found = this.#files.find(
      (file) => file.priceFileId === id && file.owner === owner && file.keptUntilMs > this.#nowMs(),
    );
    if (!found) throw new NotFound('price file', id);
    return found;
  }

  async close(): Promise<void> {
    const folder = await this.#folder;
    this.#files = [];
    if (folder !== null) await rm(folder, { recursive: true, force: true });
  }

  /** A file that is being read stays readable until its reader is done. */
  async #forget(isOver: (file: KeptFile) => boolean): Promise<void> {
    const over = this.#files.filter(isOver);
    this.#files = this.#files.filter((file) => !over.includes(file));
    for (const { path } of over) await rm(path, { force: true });
  }

  #open(): Promise<string> {
    this.#folder ??= mkdtemp(join(tmpdir(), 'rollkeeper-prices-'));
    return this.#folder;
  }
}
