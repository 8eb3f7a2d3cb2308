/** A run that archives into S3 is stopped anywhere, by itself or by the store, and finished by the next one: no row is ever in neither. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { writeJournal } from '../../src/application/journal-file.ts';
import { S3Files } from '../../src/files/s3/s3-files.ts';
import { sealedFilesWith } from '../../src/files/sealed-files.ts';
import { ArchiveFixture, type ArchivePorts } from '../support/archive-fixture.ts';
import { isFinishedByNext, stops } from '../support/archive-stops.ts';
import { S3Server, type Misbehaviour } from '../support/s3-server.ts';

let store: S3Server;
let fixture: ArchiveFixture;
/** The same, of which a request is not asked for long. */
let impatient: ArchivePorts;
beforeAll(async () => {
  store = await S3Server.open();
  fixture = await ArchiveFixture.open(store);
  const s3 = new S3Files(store.given, { attemptsMax: 2, pauseMs: 1, silenceMaxMs: 5_000 });
  impatient = { ...fixture.ports, sealedFiles: sealedFilesWith(store.given, s3) };
});
afterAll(async () => {
  await fixture.close();
  await store.close();
});
beforeEach(async () => {
  store.misbehave();
  await fixture.begin();
});

describe('a run that is stopped', () => {
  it.each(stops)('%s is finished by the next one', async (_, stop, before) => {
    const { ports } = fixture;
    const stopped = (): Promise<void> =>
      expect(fixture.archive({ ...ports, ...stop(ports) })).rejects.toThrow('stopped');
    await isFinishedByNext(fixture, stopped, before);
  });

  const ills: readonly (readonly [string, readonly Misbehaviour[], string])[] = [
    [
      'before the object is stored, as by 503 SlowDown',
      [{ method: 'PUT', does: 503, code: 'SlowDown', times: 2 }],
      '503 SlowDown',
    ],
    [
      'while it sends the object',
      [{ method: 'PUT', does: 'cut before', times: 2 }],
      'the connection was cut',
    ],
    [
      'after the object is stored, of which no answer came',
      [
        { method: 'PUT', does: 'cut after' },
        { method: 'PUT', does: 'cut before' },
      ],
      'the connection was cut',
    ],
    [
      'while it reads back',
      [
        // Listed, looked for, and looked for once more before it is written.
        { method: 'GET', does: 'nothing', times: 3 },
        { method: 'GET', does: 'cut in the middle', times: 2 },
      ],
      'the connection was cut',
    ],
    ['by a right that is taken away', [{ method: 'PUT', does: 403, code: 'AccessDenied' }], 's3:PutObject'],
  ];
  it.each(ills)('by the store %s is finished by the next one', async (_, ill, said) => {
    await isFinishedByNext(fixture, async () => {
      store.misbehave(...ill);
      await expect(fixture.archive(impatient)).rejects.toThrow(said);
    });
  });
});

it('an object that reads back with wrong bytes is not sealed, and its rows stay until it reads as it was written', async () => {
  const journal = await fixture.given({ before: 10, after: 3 });
  // The first reads find nothing; the one after the object was written is wrong.
  const wrongAfterWrite = {
    ...fixture.ports.sealedFiles,
    write: async (place: string, bytes: Buffer) => {
      const isWritten = await fixture.ports.sealedFiles.write(place, bytes);
      store.misbehave({ method: 'GET', does: 'wrong bytes' });
      return isWritten;
    },
  };
  const report = await fixture.archive({ ...fixture.ports, sealedFiles: wrongAfterWrite });
  const [place = ''] = await fixture.files();
  expect(report.problems).toEqual([
    { taskId: fixture.taskId, problem: `${place} does not hold what was written to it` },
  ]);
  expect([await fixture.seals(), (await fixture.versionsLeft()).length]).toEqual([[], 38]);
  expect((await fixture.archive()).problems).toEqual([]);
  expect(await fixture.exported()).toBe(writeJournal(journal));
});

it('an object with other content is left as it is, named, and keeps its journal in the database', async () => {
  await fixture.given({ before: 10, after: 3 });
  await fixture.archive(fixture.ports, { isDryRun: true });
  const planned: string[] = [];
  const noted = { ...fixture.ports.sealedFiles };
  noted.placeIn = (folder, name) => {
    planned.push(fixture.ports.sealedFiles.placeIn(folder, name));
    return planned.at(-1) ?? '';
  };
  await fixture.archive({ ...fixture.ports, sealedFiles: noted }, { isDryRun: true });
  const [place = ''] = planned;
  const other = Buffer.from('of another program');
  store.objects.set(place.slice('s3://'.length), other);
  expect((await fixture.archive()).problems).toEqual([
    {
      taskId: fixture.taskId,
      problem: `${place} holds something else, which is not overwritten: look at it, and move it away`,
    },
  ]);
  expect(store.objects.get(place.slice('s3://'.length))).toBe(other);
  expect(await fixture.versionsLeft()).toHaveLength(38);
});

it('after its seal no row is removed while the object cannot be read, and a changed object is a fault', async () => {
  await fixture.given({ before: 10 });
  const [, stopAfterSeal] = stops[4] ?? [];
  if (!stopAfterSeal) throw new Error('no such stop');
  await expect(fixture.archive({ ...fixture.ports, ...stopAfterSeal(fixture.ports) })).rejects.toThrow(
    'stopped',
  );
  const [place = ''] = await fixture.files();
  const key = place.slice('s3://'.length);
  const whole = store.objects.get(key) ?? Buffer.alloc(0);
  store.objects.delete(key);
  const [problem] = (await fixture.archive()).problems;
  expect(problem?.problem).toBe(`there is no ${place}; rows that are still in the database stay there`);
  expect(await fixture.versionsLeft()).toHaveLength(35);
  store.objects.set(key, Buffer.from('changed'));
  expect((await fixture.verified()).faults).toMatchObject([
    { version: 1, problem: `${place} was changed since it was sealed: it has another SHA-256` },
  ]);
  store.objects.set(key, whole);
  expect(await fixture.archive()).toMatchObject({ parts: 1, rows: 0, problems: [] });
});

it('an archive that was copied into a bucket is read there', async () => {
  await fixture.given({ before: 10 });
  await fixture.archive();
  const moved = 's3://archive/moved';
  for (const place of await fixture.files())
    store.objects.set(
      `archive/moved${place.slice(fixture.folder.length)}`,
      store.objects.get(place.slice('s3://'.length)) ?? Buffer.alloc(0),
    );
  expect(await fixture.verified(moved)).toEqual({ faults: [], filesRead: 1, unread: [] });
  const unset = { ...fixture.ports, sealedFiles: sealedFilesWith({}) };
  await expect(fixture.archive(unset)).rejects.toThrow('AWS_ACCESS_KEY_ID: found nothing');
});
