/** Says that a new version of the page is served, and loads it when a person wants to. */
import type { ReactNode } from 'react';
import { isOutdated } from '../api/new-version.ts';
import { useStore } from '../api/store.ts';
import { useMessages } from '../messages/messages.tsx';
import { Button } from '../ui/button.tsx';
import { Banner } from '../ui/states.tsx';

export function NewVersionBanner(): ReactNode {
  const { m } = useMessages();
  if (!useStore(isOutdated)) return null;
  return (
    <Banner
      icon="info"
      title={m.frame.newVersion}
      action={
        <Button icon="roll" onClick={() => location.reload()}>
          {m.frame.reload}
        </Button>
      }
    >
      {m.frame.newVersionText}
    </Banner>
  );
}
