/** Who is signed in, colours, language, and the way out. */
import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { SessionView } from '../../api/contract.ts';
import { request } from '../api/client.ts';
import { keys } from '../api/queries.ts';
import { useStore } from '../api/store.ts';
import { languages, useMessages, type Language } from '../messages/messages.tsx';
import { Button } from '../ui/button.tsx';
import { ChoiceField } from '../ui/field.tsx';
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
  const chosen = useStore(theme);
  const names: Readonly<Record<Theme, string>> = {
    system: m.frame.themeSystem,
    light: m.frame.themeLight,
    dark: m.frame.themeDark,
  };
  return (
    <ChoiceField
      label={m.frame.theme}
      value={chosen}
      onChange={chooseTheme}
      options={themes.map((value) => ({ value, label: names[value] }))}
    />
  );
}

function LanguageField(): ReactNode {
  const { m, language, choose } = useMessages();
  const codes = Object.keys(languages) as Language[];
  return (
    <ChoiceField
      label={m.frame.language}
      value={language}
      onChange={choose}
      options={codes.map((value) => ({ value, label: languages[value], language: value }))}
    />
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
