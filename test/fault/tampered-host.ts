/**
 * Stands between tasks and their effects (a test puts it there by mocking `hostEffects`): makes a completion come twice,
 * or opens the write-ahead gate too early, to show that the table finds it.
 */
import type { EffectHost } from '../../src/runtime/task/effect.ts';

export const tampering = {
  /** The completion that is being delivered comes once more; false again once it did. */
  doublesAnswer: false,
  opensGate: false,
  stop(): void {
    Object.assign(this, { doublesAnswer: false, opensGate: false });
  },
};

/** Everything else comes from the task's own host, whose getters are read anew every time. */
export const tampered = (host: EffectHost): EffectHost => {
  const changes: Partial<EffectHost> = {
    deliver: (complete) => {
      host.deliver(complete);
      if (!tampering.doublesAnswer) return;
      tampering.doublesAnswer = false;
      host.deliver(complete);
    },
    committed: () => (tampering.opensGate ? Promise.resolve(host.clock.nowMs()) : host.committed()),
  };
  return Object.assign(Object.create(host) as EffectHost, changes);
};
