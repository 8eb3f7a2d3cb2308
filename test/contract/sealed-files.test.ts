/** Every keeping of sealed files there is against the promises of the port. */
import { rm } from 'node:fs/promises';
import { sealedFilesWith } from '../../src/files/sealed-files.ts';
import { temporaryDirectory } from '../support/database.ts';
import { S3Server } from '../support/s3-server.ts';
import { describeSealedFiles } from './suites/sealed-files.ts';

describeSealedFiles('a folder', {
  open: async () => {
    const folder = await temporaryDirectory();
    return { files: sealedFilesWith({}), folder, close: () => rm(folder, { recursive: true }) };
  },
});

describeSealedFiles('S3', {
  open: async () => {
    const store = await S3Server.open();
    const folder = `s3://${store.bucket}/rollkeeper & co/2027`;
    return { files: sealedFilesWith(store.given), folder, close: () => store.close() };
  },
});

describeSealedFiles('a bucket of a store without conditions', {
  open: async () => {
    const store = await S3Server.open();
    store.knowsConditions = false;
    return {
      files: sealedFilesWith(store.given),
      folder: `s3://${store.bucket}`,
      close: () => store.close(),
    };
  },
});
