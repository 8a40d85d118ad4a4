import { Component, type ErrorInfo, type ReactNode } from 'react';
import { Button } from '../design/Button.tsx';
import endedStyles from '../ended/EndedScreen.module.css';
import { MessageFrame } from '../ended/MessageFrame.tsx';
import type { Services } from '../session/services.tsx';
import { faultOf } from './fault.ts';
import { FAULT_TEXT } from './text.ts';

interface Props {
  services: Pick<Services, 'bridge' | 'controller'>;
  children: ReactNode;
}

/** An exception while the window is drawn: a screen to read and a way on, instead of an empty window. */
export class FaultBoundary extends Component<Props, { isFaulty: boolean }> {
  override state = { isFaulty: false };

  static getDerivedStateFromError(): { isFaulty: boolean } {
    return { isFaulty: true };
  }

  override componentDidCatch(error: unknown, { componentStack }: ErrorInfo): void {
    // Where that fails, too, there is nobody left to tell.
    this.props.services.bridge.app
      .reportFault(faultOf(error, componentStack ?? ''))
      .catch(() => undefined);
  }

  override render(): ReactNode {
    if (!this.state.isFaulty) return this.props.children;
    const { controller } = this.props.services;
    const screen = controller.screen.get();
    const call = screen.name === 'call' ? screen.call : undefined;
    const leave = (): void => {
      void controller.leave().finally(() => this.setState({ isFaulty: false }));
    };
    return (
      <MessageFrame title={FAULT_TEXT.title} meeting={call?.meeting.roomId} testId="fault">
        <p className={endedStyles.message} role="alert">
          {call ? FAULT_TEXT.inCall : FAULT_TEXT.elsewhere}
        </p>
        <div className={endedStyles.actions}>
          {call && (
            <Button look="primary" size="large" onClick={leave}>
              {FAULT_TEXT.leave}
            </Button>
          )}
          <Button
            look={call ? 'secondary' : 'primary'}
            size="large"
            onClick={() => location.reload()}
          >
            {FAULT_TEXT.reload}
          </Button>
        </div>
      </MessageFrame>
    );
  }
}
