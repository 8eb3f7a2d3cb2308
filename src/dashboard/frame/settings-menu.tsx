/** Who is signed in, colours, language, and the way out. */
import { useQueryClient } from '@tanstack/react-query';
import { useId, type ReactNode } from 'react';
import type { SessionView } from '../../api/contract.ts';
import { request } from '../api/client.ts';
import { keys } from '../api/queries.ts';
import { useStore } from '../api/store.ts';
import { languages, useMessages, type Language } from '../messages/messages.tsx';
import { Button } from '../ui/button.tsx';
import { Popover } from '../ui/popover.tsx';
import { chooseTheme, theme, themes, type Theme } from '../ui/theme.ts';

export function SettingsButton({ session }: { readonly session: SessionView }): ReactNode {
  const { m } = useMessages();
  return (
    <Popover label={m.frame.settings} icon="user" iconOnly>
      <div className="settings">
        <p>{m.frame.signedInAs(session.userName ?? m.frame.operator)}</p>
        <ThemeField />
        <LanguageField />
        <SignOut />
      </div>
    </Popover>
  );
}

function ThemeField(): ReactNode {
  const { m } = useMessages();
  const id = useId();
  const chosen = useStore(theme);
  const names: Readonly<Record<Theme, string>> = {
    system: m.frame.themeSystem,
    light: m.frame.themeLight,
    dark: m.frame.themeDark,
  };
  return (
    <div className="field">
      <label htmlFor={id}>{m.frame.theme}</label>
      <select
        id={id}
        className="input"
        value={chosen}
        onChange={({ target }) => chooseTheme(target.value as Theme)}
      >
        {themes.map((each) => (
          <option key={each} value={each}>
            {names[each]}
          </option>
        ))}
      </select>
    </div>
  );
}

function LanguageField(): ReactNode {
  const { m, language, choose } = useMessages();
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{m.frame.language}</label>
      <select
        id={id}
        className="input"
        value={language}
        onChange={({ target }) => choose(target.value as Language)}
      >
        {Object.entries(languages).map(([code, name]) => (
          <option key={code} value={code} lang={code}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}

function SignOut(): ReactNode {
  const { m } = useMessages();
  const queries = useQueryClient();
  const leave = async (): Promise<void> => {
    await request('/session', { method: 'DELETE' }).catch(() => undefined);
    queries.setQueryData(keys.session, null);
    queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== keys.session[0] });
  };
  return <Button onClick={() => void leave()}>{m.frame.signOut}</Button>;
}
