/** A secret that was just made: it is on the screen until the page is left, and nowhere else. */
import { useState, type ReactNode } from 'react';
import { useMessages } from '../../messages/messages.tsx';
import { Button } from '../../ui/button.tsx';

export function ShownOnce({ secret }: { readonly secret: string }): ReactNode {
  const { m } = useMessages();
  const [isCopied, setCopied] = useState(false);
  return (
    <p className="shown-once" role="status">
      {m.system.shownOnce} <code>{secret}</code>
      <Button
        icon={isCopied ? 'check' : 'copy'}
        onClick={() => {
          void navigator.clipboard.writeText(secret).then(
            () => setCopied(true),
            () => undefined,
          );
        }}
      >
        {isCopied ? m.common.copied : m.common.copy}
      </Button>
    </p>
  );
}
