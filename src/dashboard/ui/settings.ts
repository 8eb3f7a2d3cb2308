/** What a person has chosen for the look of this browser. Kept in its storage where that is allowed, and never anything secret. */

export type Setting = 'theme' | 'language' | 'alertsSeen';

const prefix = 'rollkeeper.';

/** `null` when nothing was chosen, or the browser keeps nothing. */
export function readSetting(name: Setting): string | null {
  try {
    return localStorage.getItem(prefix + name);
  } catch {
    return null;
  }
}

export function writeSetting(name: Setting, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(prefix + name);
    else localStorage.setItem(prefix + name, value);
  } catch {
    // A browser that keeps nothing shows the defaults the next time.
  }
}
