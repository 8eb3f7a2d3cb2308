/** Dark or light: as the system has it, unless it was chosen here. The colours themselves are in styles/tokens.css. */
import { createStore } from '../api/store.ts';
import { readSetting, writeSetting } from './settings.ts';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const isTheme = (given: string | null): given is Theme => themes.some((each) => each === given);

const apply = (theme: Theme): void => {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
};

const stored = readSetting('theme');
export const theme = createStore<Theme>(isTheme(stored) ? stored : 'system');
apply(theme.get());

export function chooseTheme(chosen: Theme): void {
  writeSetting('theme', chosen === 'system' ? null : chosen);
  apply(chosen);
  theme.set(chosen);
}

const darkSystem = matchMedia('(prefers-color-scheme: dark)');

/** What is shown now. */
export const isDark = (): boolean => (theme.get() === 'system' ? darkSystem.matches : theme.get() === 'dark');

/** Calls when dark becomes light or light dark: for what is drawn on a canvas. @returns a function that ends it */
export function onThemeChange(listener: () => void): () => void {
  const end = theme.subscribe(listener);
  darkSystem.addEventListener('change', listener);
  return () => {
    end();
    darkSystem.removeEventListener('change', listener);
  };
}
