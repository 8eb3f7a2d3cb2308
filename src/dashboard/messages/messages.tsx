/**
 * Which language the page speaks: the one that was chosen here, else the browser's, else English. English is always there; others
 * are loaded when they are wanted. Numbers and times follow the browser's own locale where that is of the same language.
 */
import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import { readSetting, writeSetting } from '../ui/settings.ts';
import { en, type Messages } from './en.ts';

export const languages = { en: 'English', ru: 'Русский' } as const;
export type Language = keyof typeof languages;

const load: Readonly<Record<Language, () => Promise<Messages>>> = {
  en: () => Promise.resolve(en),
  ru: () => import('./ru.ts').then(({ ru }) => ru),
};

interface Speech {
  readonly m: Messages;
  readonly language: Language;
  /** For `Intl`: `de-CH` of a browser set so, whatever language the words are in. */
  readonly locale: string;
  readonly choose: (language: Language) => void;
}

const Context = createContext<Speech | null>(null);

const isLanguage = (given: string | null): given is Language => given !== null && given in languages;

function firstLanguage(): Language {
  const chosen = readSetting('language');
  if (isLanguage(chosen)) return chosen;
  return navigator.languages.map((each) => each.slice(0, 2)).find((each) => isLanguage(each)) ?? 'en';
}

/** What `Intl` takes: a browser may name a locale of its system that is none of the web's (`en-US@posix`). */
function isLocale(given: string): boolean {
  try {
    return Intl.getCanonicalLocales(given).length > 0;
  } catch {
    return false;
  }
}

/** Numbers of the browser's locale beside words of another language would be read wrongly. */
const localeFor = (language: Language): string =>
  navigator.languages.find((each) => each.startsWith(language) && isLocale(each)) ?? language;

export function Speaking({ children }: { readonly children: ReactNode }): ReactNode {
  const [language, setLanguage] = useState(firstLanguage);
  const [spoken, setSpoken] = useState<{ readonly language: Language; readonly m: Messages } | null>(
    language === 'en' ? { language, m: en } : null,
  );
  useEffect(() => {
    let isCurrent = true;
    load[language]()
      .catch(() => en)
      .then((m) => isCurrent && setSpoken({ language, m }))
      .catch(() => undefined);
    return () => {
      isCurrent = false;
    };
  }, [language]);
  const choose = useCallback((wanted: Language) => {
    writeSetting('language', wanted);
    setLanguage(wanted);
  }, []);
  useEffect(() => {
    if (spoken) document.documentElement.lang = spoken.language;
  }, [spoken]);
  const value = useMemo(
    () => spoken && { m: spoken.m, language: spoken.language, locale: localeFor(spoken.language), choose },
    [spoken, choose],
  );
  return value && <Context value={value}>{children}</Context>;
}

/** `m` holds every message; `locale` is for `Intl`. */
export function useMessages(): Speech {
  const speech = useContext(Context);
  if (!speech) throw new Error('messages are used outside of Speaking');
  return speech;
}
