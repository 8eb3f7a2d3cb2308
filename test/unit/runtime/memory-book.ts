/** The account book in memory, for one account; it fails as often as `failing` says. */
import { alertText } from '../../../src/domain/explain/alert-text.ts';
import type { AccountTrouble } from '../../../src/domain/orders/account-trouble.ts';
import type { KeyStanding } from '../../../src/domain/orders/key-standing.ts';
import type { AccountBook } from '../../../src/ports/accounts.ts';
import type { Alert } from '../../../src/ports/alerts.ts';

export class MemoryBook implements AccountBook {
  stored: AccountTrouble | null = null;
  standing: KeyStanding | null = null;
  readonly noted: (Alert & { readonly atMs: number })[] = [];
  failing = 0;

  /** The alerts as people read them. */
  get alerts(): string[] {
    return this.noted.map((alert) => `${alert.severity}: ${alertText(alert)}`);
  }

  noteAlert: AccountBook['noteAlert'] = (_, alert) => {
    if (this.failing > 0) {
      this.failing -= 1;
      return Promise.reject(new Error('the database is away'));
    }
    this.noted.push(alert);
    return Promise.resolve();
  };
  trouble = () => Promise.resolve(this.stored);
  noteTrouble: AccountBook['noteTrouble'] = (_, trouble, alert) => {
    if (this.failing > 0) {
      this.failing -= 1;
      return Promise.reject(new Error('the database is away'));
    }
    this.stored = trouble;
    if (alert) this.noted.push(alert);
    return Promise.resolve();
  };
  keyStanding = () => Promise.resolve(this.standing);
  noteKeyStanding: AccountBook['noteKeyStanding'] = (_, before, { standing, alerts }) => {
    if (this.failing > 0) {
      this.failing -= 1;
      return Promise.reject(new Error('the database is away'));
    }
    if (JSON.stringify(before) !== JSON.stringify(this.standing)) return Promise.resolve(false);
    this.standing = standing;
    this.noted.push(...alerts.map((alert) => ({ ...alert, atMs: standing.checkedAtMs })));
    return Promise.resolve(true);
  };
}
