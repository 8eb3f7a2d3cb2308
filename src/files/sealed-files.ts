/** Where files of archived journals lie: in a folder of this machine, or in S3. A place says by itself which of them it is. */
import { BadInput } from '../domain/errors.ts';
import { folderFiles } from './folder-files.ts';
import { S3Files } from './s3/s3-files.ts';
import { isInS3 } from './s3/s3-place.ts';
import type { S3Given } from './s3/s3-settings.ts';

type Files = typeof folderFiles;

/** @param given how S3 is reached; looked at when a place in S3 is asked for */
export function sealedFilesWith(given: S3Given, s3: Files = new S3Files(given)): Files {
  const filesOf = (place: string): Files => (isInS3(place) ? s3 : folderFiles);
  return {
    assertUsable(folder) {
      const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(folder) ?? [];
      if (folder === '' || (scheme !== undefined && !isInS3(folder)))
        throw new BadInput('Journals cannot be archived there', [
          {
            path: 'folder',
            found: JSON.stringify(folder),
            expected:
              scheme === undefined
                ? 'a folder like /var/lib/rollkeeper/archive, or s3://BUCKET/FOLDER'
                : `a folder or s3://BUCKET/FOLDER: mount what is at ${scheme}:// as a folder, or archive into one and copy it there`,
          },
        ]);
      filesOf(folder).assertUsable(folder);
    },
    placeIn: (folder, name) => filesOf(folder).placeIn(folder, name),
    namesIn: (folder, inner) => filesOf(folder).namesIn(folder, inner),
    read: (place) => filesOf(place).read(place),
    write: (place, bytes) => filesOf(place).write(place, bytes),
  };
}
