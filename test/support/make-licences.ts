/** `npm run licences`: writes docs/licences.md, after a dependency has changed. */
import { writeFileSync } from 'node:fs';
import { licencesPage, licencesPath } from './licences.ts';

writeFileSync(licencesPath, licencesPage());
