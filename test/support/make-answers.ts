/** `npm run answers`: writes the schemas of what the API answers with, after contract.ts or a type in it has changed. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../tidy/source.ts';
import { answerSchemas } from './answer-schemas.ts';

writeFileSync(join(root, 'src/api/schemas/answers.json'), `${JSON.stringify(answerSchemas(), null, 2)}\n`);
