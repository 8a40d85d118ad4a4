import { use, useId, useState, type SubmitEvent } from 'react';
import type { HttpProxyLogin } from '../../../shared/ipc.ts';
import { Button } from '../design/Button.tsx';
import { TextField } from '../design/TextField.tsx';
import { useServices } from '../session/services.tsx';
import { ENDED_TEXT, SIGN_IN_TEXT } from './text.ts';
import styles from './ProxySignIn.module.css';

interface Props {
  /** The HTTP proxy that asks; null: it is not known which. */
  login: Promise<HttpProxyLogin | null>;
  /** The user name and password are there to be used. */
  onSignedIn: () => void;
}

/**
 * Asks for the user name and password that the company's HTTP proxy wants. Suspends until it is known
 * which one asks.
 */
export function ProxySignIn({ login, onSignedIn }: Props) {
  const wanted = use(login);
  if (wanted) return <SignInForm wanted={wanted} onSignedIn={onSignedIn} />;
  return (
    <div className={styles.form}>
      <Button look="primary" size="large" onClick={onSignedIn}>
        {ENDED_TEXT.tryAgain}
      </Button>
    </div>
  );
}

function SignInForm({ wanted, onSignedIn }: { wanted: HttpProxyLogin; onSignedIn: () => void }) {
  const { bridge } = useServices();
  const rememberId = useId();
  const [user, setUser] = useState(wanted.user ?? '');
  const [password, setPassword] = useState('');
  const [remember, setRemember] = useState(false);
  const [problem, setProblem] = useState<string | undefined>(
    wanted.refused ? SIGN_IN_TEXT.refused : undefined,
  );

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (user === '') {
      setProblem(SIGN_IN_TEXT.empty);
      return;
    }
    bridge.httpProxy.signIn({ proxy: wanted.proxy, user, password, remember }).then(
      () => onSignedIn(),
      () => setProblem(SIGN_IN_TEXT.failed),
    );
  };

  return (
    <form className={styles.form} onSubmit={submit} data-testid="proxy-sign-in">
      <p className={styles.proxy}>
        {SIGN_IN_TEXT.proxy} <code>{wanted.proxy}</code>
        {wanted.realm !== '' && ` (${wanted.realm})`}
      </p>
      <TextField
        label={SIGN_IN_TEXT.user}
        value={user}
        autoComplete="username"
        autoCapitalize="none"
        onChange={(event) => setUser(event.target.value)}
      />
      <TextField
        label={SIGN_IN_TEXT.password}
        type="password"
        value={password}
        autoComplete="current-password"
        problem={problem}
        onChange={(event) => setPassword(event.target.value)}
      />
      {wanted.canRemember ? (
        <div className={styles.remember}>
          <input
            id={rememberId}
            type="checkbox"
            checked={remember}
            onChange={(event) => setRemember(event.target.checked)}
          />
          <label htmlFor={rememberId}>{SIGN_IN_TEXT.remember}</label>
        </div>
      ) : (
        <p className={styles.note}>{SIGN_IN_TEXT.notRemembered}</p>
      )}
      <div>
        <Button look="primary" size="large" type="submit">
          {SIGN_IN_TEXT.submit}
        </Button>
      </div>
    </form>
  );
}
