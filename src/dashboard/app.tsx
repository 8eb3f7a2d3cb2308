/** The whole page: languages, queries and toasts around a frame, and in it one page for each address, loaded when it is opened. */
import { QueryClientProvider } from '@tanstack/react-query';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { Route, Switch } from 'wouter';
import { LiveQueries } from './api/live-queries.tsx';
import { loadPart } from './api/new-version.ts';
import { createQueries, useSession } from './api/queries.ts';
import { Catch } from './frame/catch.tsx';
import { Frame } from './frame/frame.tsx';
import { Speaking, useMessages } from './messages/messages.tsx';
import DeskPage from './pages/desk/desk-page.tsx';
import { EmptyState, ErrorState, Skeleton } from './ui/states.tsx';
import { Toaster } from './ui/toast.tsx';

const SignInPage = lazy(() => loadPart(() => import('./pages/sign-in/sign-in-page.tsx')));
const TaskPage = lazy(() => loadPart(() => import('./pages/task/task-page.tsx')));
const NewTaskPage = lazy(() => loadPart(() => import('./pages/new-task/new-task-page.tsx')));
const MachinePage = lazy(() => loadPart(() => import('./pages/machine/machine-page.tsx')));
const BacktestPage = lazy(() => loadPart(() => import('./pages/backtest/backtest-page.tsx')));
const SystemPage = lazy(() => loadPart(() => import('./pages/system/system-page.tsx')));

export function App(): ReactNode {
  const [queries] = useState(createQueries);
  return (
    <QueryClientProvider client={queries}>
      <Speaking>
        <Toaster>
          <Suspense fallback={null}>
            <Door />
          </Suspense>
        </Toaster>
      </Speaking>
    </QueryClientProvider>
  );
}

/** Whoever is not signed in is asked to, at whatever address: afterwards the page that was wanted is there. */
function Door(): ReactNode {
  const { data: session, error, refetch } = useSession();
  if (session === undefined) return error && <ErrorState error={error} onRetry={() => void refetch()} />;
  if (session === null) return <SignInPage />;
  return (
    <LiveQueries>
      <Frame session={session}>
        <Pages />
      </Frame>
    </LiveQueries>
  );
}

const Pages = (): ReactNode => (
  <Catch>
    <Suspense fallback={<Skeleton lines={6} />}>
      <Switch>
        <Route path="/" component={DeskPage} />
        <Route path="/sign-in" component={SignInPage} />
        <Route path="/tasks/new">
          <NewTaskPage />
        </Route>
        <Route path="/tasks/:taskId/edit">
          {({ taskId }) => <NewTaskPage key={taskId} taskId={taskId} />}
        </Route>
        <Route path="/tasks/:taskId">{({ taskId }) => <TaskPage key={taskId} taskId={taskId} />}</Route>
        <Route path="/machine/:taskId?">{({ taskId }) => <MachinePage taskId={taskId ?? null} />}</Route>
        <Route path="/backtest" component={BacktestPage} />
        <Route path="/system" component={SystemPage} />
        <Route component={NotFound} />
      </Switch>
    </Suspense>
  </Catch>
);

function NotFound(): ReactNode {
  const { m } = useMessages();
  return <EmptyState title={m.common.notFoundTitle}>{m.common.notFoundText}</EmptyState>;
}
