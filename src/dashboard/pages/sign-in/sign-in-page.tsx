/**
 * Lets a person in: with the code of a one-time link, which stands in the address after `#` and is taken out of it at once, or with a
 * token that is pasted. Neither is kept here; what remains is a cookie that scripts cannot read.
 */
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState, type ReactNode } from 'react';
import { useLocation } from 'wouter';
import type { SessionView } from '../../../api/contract.ts';
import { request, RequestFailed } from '../../api/client.ts';
import { keys } from '../../api/queries.ts';
import { useMessages } from '../../messages/messages.tsx';
import { Button } from '../../ui/button.tsx';
import { useErrorText } from '../../ui/states.tsx';
import './sign-in.css';

type Proof = { readonly link: string } | { readonly token: string };

/** The code after `#`; it leaves the address bar and the history before anything else happens. */
function takeCode(): string | null {
  const code = decodeURIComponent(location.hash.slice(1));
  if (location.pathname !== '/sign-in' || code === '') return null;
  history.replaceState(null, '', '/sign-in');
  return code;
}

export default function SignInPage(): ReactNode {
  const { m } = useMessages();
  const queries = useQueryClient();
  const [path, navigate] = useLocation();
  const errorText = useErrorText();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const signIn = useCallback(
    async (proof: Proof): Promise<void> => {
      setBusy(true);
      setProblem(null);
      try {
        const session = await request<SessionView>('/session', { method: 'POST', body: proof });
        // What another person saw here before; the session's own query stays, because what is shown hangs on it.
        queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== keys.session[0] });
        queries.setQueryData(keys.session, session);
        if (path === '/sign-in') navigate('/', { replace: true });
      } catch (error) {
        const status = error instanceof RequestFailed ? error.status : 0;
        const wrongLink = 'link' in proof && status === 401;
        setProblem(status === 429 ? m.signIn.locked : wrongLink ? m.signIn.wrongLink : errorText(error));
        setBusy(false);
      }
    },
    [queries, path, navigate, m, errorText],
  );

  const isTaken = useRef(false);
  useEffect(() => {
    if (isTaken.current) return;
    isTaken.current = true;
    const code = takeCode();
    if (code !== null) void signIn({ link: code });
  }, [signIn]);

  return (
    <main className="sign-in">
      <h1>Rollkeeper</h1>
      <p className="muted">{m.signIn.intro}</p>
      {problem !== null && (
        <p className="banner bad" role="alert">
          {problem}
        </p>
      )}
      <section>
        <h2>{m.signIn.linkTitle}</h2>
        <p>{m.signIn.linkText}</p>
        <pre>rollkeeper link</pre>
      </section>
      <TokenForm isBusy={isBusy} onToken={(token) => void signIn({ token })} />
    </main>
  );
}

interface TokenFormProps {
  readonly isBusy: boolean;
  readonly onToken: (token: string) => void;
}

function TokenForm({ isBusy, onToken }: TokenFormProps): ReactNode {
  const { m } = useMessages();
  const field = useRef<HTMLInputElement>(null);
  return (
    <section>
      <h2>{m.signIn.tokenTitle}</h2>
      <p>{m.signIn.tokenText}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const token = field.current?.value.trim() ?? '';
          if (token === '' || isBusy) return;
          onToken(token);
          if (field.current) field.current.value = '';
        }}
      >
        <div className="field">
          <label htmlFor="token">{m.signIn.tokenLabel}</label>
          <input
            ref={field}
            id="token"
            className="input mono"
            type="password"
            autoComplete="off"
            spellCheck={false}
            required
          />
        </div>
        <Button kind="primary" type="submit" aria-busy={isBusy}>
          {isBusy ? m.signIn.checking : m.signIn.submit}
        </Button>
      </form>
    </section>
  );
}
