import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';

import { api } from '../../api/api';
import type { JobDetail } from '../../api/types';
import { go } from '../../router';

export type Dialog = 'cancel' | 'delete' | 'undo';

const words: Record<Dialog, { header: string; text: string; button: string }> = {
  cancel: {
    header: 'Cancel the job?',
    text: 'It ends for good and cannot be resumed. What is copied stays where it is; what the job has put into bucket policies is taken out.',
    button: 'Cancel job',
  },
  delete: {
    header: 'Delete the job from the history?',
    text: 'Its log, failures and report are forgotten. No bucket is touched.',
    button: 'Delete',
  },
  undo: {
    header: 'Undo the migration?',
    text: 'The source gets back its policy and configuration and is open to writers again. The temporary bucket is removed, after every object in it was proven to be in the source.',
    button: 'Undo',
  },
};

// Once objects of the source are deleted there is more to be done, and something is lost.
const undoOfDeletion =
  'The source is partly or wholly emptied. Everything is copied back into it from the temporary bucket, which takes about as long as the first copy and costs requests and data transfer. Lost are the LastModified and the version ids of what was deleted. When all is proven to be there again, the source gets back its policy and configuration and is open to writers, and the temporary bucket is removed.';

function textOf(job: JobDetail, what: Dialog): string {
  return what === 'undo' && job.regime === 'emptying' ? undoOfDeletion : words[what].text;
}

function perform(job: JobDetail, what: Dialog, token: string, weak: boolean): Promise<unknown> {
  if (what === 'undo') return api.undo(job.id, token, weak);
  return what === 'delete' ? api.forget(job.id) : api.act(job.id, 'cancel');
}

interface Props {
  job: JobDetail;
  what: Dialog;
  close: () => void;
}

export function ActionModal({ job, what, close }: Props) {
  const [token, setToken] = useState('');
  const [weak, setWeak] = useState(false);
  const [reason, setReason] = useState<string>();
  const [busy, setBusy] = useState(false);
  const { header, button } = words[what];

  async function submit() {
    setBusy(true);
    try {
      await perform(job, what, token.trim(), weak);
      if (what === 'delete') go('#/jobs');
      else close();
    } catch (error) {
      setReason(error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  }

  return (
    <Modal
      visible
      header={header}
      onDismiss={close}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={close}>Keep it</Button>
            <Button
              variant="primary"
              loading={busy}
              disabled={what === 'undo' && !token.trim()}
              onClick={() => void submit()}
            >
              {button}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <Box>{textOf(job, what)}</Box>
        {what === 'undo' && (
          <Checkbox checked={weak} onChange={({ detail }) => setWeak(detail.checked)}>
            Also delete copies that are proven by size and date alone
          </Checkbox>
        )}
        {what === 'undo' && (
          <FormField label="Token" description="The one you signed in with, once more.">
            <Input
              type="password"
              value={token}
              autoComplete={false}
              onChange={({ detail }) => setToken(detail.value)}
            />
          </FormField>
        )}
        {reason && <Alert type="error">{reason}</Alert>}
      </SpaceBetween>
    </Modal>
  );
}
