/** The document says what use cases return: the schemas that are stored are those of the types. */
import { expect, it } from 'vitest';
import stored from '../../../src/api/schemas/answers.json' with { type: 'json' };
import { answerSchemas } from '../../support/answer-schemas.ts';

it('src/api/schemas/answers.json is what contract.ts says (npm run answers makes it)', () => {
  expect(stored).toEqual(answerSchemas());
});
