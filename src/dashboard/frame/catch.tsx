/** A fault of one page is shown in its place; the frame around it, with the halt button, stays. */
import { Component, type ReactNode } from 'react';
import { ErrorState } from '../ui/states.tsx';

interface State {
  readonly error: unknown;
}

export class Catch extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: unknown): State {
    return { error };
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children;
    // A part that was not loaded is not asked for a second time by the same document.
    return <ErrorState error={this.state.error} onRetry={() => location.reload()} />;
  }
}
