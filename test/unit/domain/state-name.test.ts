/** One name for a state, wherever people and the database see it. */
import { expect, test } from 'vitest';
import { stateName } from '../../../src/domain/state-name.ts';

test.each([
  ['PAUSED', 'PAUSED'],
  [{ IDLE: 'watching' }, 'IDLE.watching'],
  [{ attached: { connected: 'live' } }, 'attached.connected.live'],
])('%j reads %s', (value, name) => expect(stateName(value)).toBe(name));
