import { Button } from '../design/Button.tsx';
import { Dialog } from '../design/Dialog.tsx';
import { CALL_TEXT } from './text.ts';

interface Props {
  onAnswer: (accept: boolean) => void;
}

/** A link was opened in mid-call: the person decides, the call does not just end. */
export function InvitationDialog({ onAnswer }: Props) {
  return (
    <Dialog
      size="small"
      role="alertdialog"
      title={CALL_TEXT.invitationTitle}
      closeLabel={CALL_TEXT.invitationDecline}
      onClose={() => onAnswer(false)}
      footer={
        <>
          <Button look="primary" onClick={() => onAnswer(true)}>
            {CALL_TEXT.invitationAccept}
          </Button>
          <Button onClick={() => onAnswer(false)}>{CALL_TEXT.invitationDecline}</Button>
        </>
      }
    >
      <p>{CALL_TEXT.invitationText}</p>
    </Dialog>
  );
}
