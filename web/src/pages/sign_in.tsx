import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState, type FormEvent } from 'react';

import { api } from '../api/api';
import { ApiError } from '../api/client';
import { durationText } from '../text/durations';

function reasonOf(error: unknown): string {
  if (!(error instanceof ApiError)) return String(error);
  if (error.status === 429) {
    const wait = error.retryAfter ? ` Try again in ${durationText(error.retryAfter)}.` : '';
    return `Too many attempts.${wait}`;
  }
  return error.message;
}

interface Props {
  ended?: boolean; // a session that there was
  onSignedIn: () => void;
}

export function SignIn({ ended, onSignedIn }: Props) {
  const [token, setToken] = useState('');
  const [reason, setReason] = useState<string>();
  const [busy, setBusy] = useState(false);

  async function submit(event: FormEvent) {
    event.preventDefault();
    const said = token.trim();
    if (!said) return setReason('Enter the token.');
    setBusy(true);
    try {
      await api.signIn(said);
      onSignedIn();
    } catch (error) {
      setReason(reasonOf(error));
      setBusy(false);
    }
  }

  return (
    <main className="sign-in">
      <SpaceBetween size="l">
        <Box variant="h1">S3 migrator</Box>
        {ended && (
          <Alert type="info" header="Your session has ended">
            The server was started again, or nobody has used the session for a while. Sign in to go on
            where you were.
          </Alert>
        )}
        <form onSubmit={submit}>
          <Form
            actions={
              <Button variant="primary" formAction="submit" loading={busy} loadingText="Signing in">
                Sign in
              </Button>
            }
          >
            <Container header={<Header variant="h2">Sign in</Header>}>
              <FormField
                label="Token"
                description="s3migrator serve printed it when it started, or it was given by a file."
                errorText={reason}
              >
                <Input
                  type="password"
                  value={token}
                  autoFocus
                  autoComplete={false}
                  name="token"
                  onChange={({ detail }) => {
                    setToken(detail.value);
                    setReason(undefined);
                  }}
                />
              </FormField>
            </Container>
          </Form>
        </form>
      </SpaceBetween>
    </main>
  );
}
