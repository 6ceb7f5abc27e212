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
import type { JobDetail, ResumeOptions } from '../../api/types';
import { useNotify } from '../../parts/notify';

type Flag = 'accept-weak-proof' | 'accept-unpinned-delete' | 'source-is-quiet';

const flags: [Flag, string, string][] = [
  ['accept-weak-proof', 'Also delete objects proven by size and date alone',
    'Where there is no common checksum, as with SSE-KMS.'],
  ['accept-unpinned-delete', 'Delete although the service does not pin deletes',
    'An object that is replaced at that moment would be lost.'],
  ['source-is-quiet', 'My word that nobody writes to the source',
    'Only where the service cannot freeze a bucket. It stands in the report.'],
];

// A migration that has asked for more than it was begun with: another name, a word that something
// is so. They are its own from then on, so the token is asked for again.
interface Props {
  job: JobDetail;
  asked?: string; // why the server asks for the token, whatever the options are
  close: () => void;
}

export function ResumeModal({ job, asked, close }: Props) {
  const notify = useNotify();
  const [options, setOptions] = useState<ResumeOptions>({});
  const [token, setToken] = useState('');
  const [reason, setReason] = useState<string>();
  const [busy, setBusy] = useState(false);
  const set = (part: ResumeOptions) => setOptions((before) => ({ ...before, ...part }));
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value));

  async function submit() {
    setBusy(true);
    try {
      await api.resumeWith(job.id, given, token.trim());
      notify.say('info', 'The job goes on.');
      close();
    } catch (error) {
      setReason(error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  }

  return (
    <Modal
      visible
      header="Resume with options"
      onDismiss={close}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={close}>Close</Button>
            <Button
              variant="primary"
              loading={busy}
              disabled={(!asked && Object.keys(given).length === 0) || !token.trim()}
              onClick={() => void submit()}
            >
              {asked ? 'Resume' : 'Resume with them'}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {asked && <Alert type="warning">{asked}</Alert>}
        {Boolean(job.message) && <Alert type="info">{job.message}</Alert>}
        <FormField
          label="Another name for the bucket"
          description="Where somebody else has taken its name."
        >
          <Input
            value={options.rename ?? ''}
            autoComplete={false}
            onChange={({ detail }) => set({ rename: detail.value.trim() })}
          />
        </FormField>
        <FormField label="Wait for the name at most, in seconds">
          <Input
            inputMode="numeric"
            value={options['name-timeout'] ?? ''}
            onChange={({ detail }) => set({ 'name-timeout': detail.value.trim() })}
          />
        </FormField>
        {flags.map(([flag, label, help]) => (
          <Checkbox
            key={flag}
            checked={options[flag] === true}
            description={help}
            onChange={({ detail }) => set({ [flag]: detail.checked })}
          >
            {label}
          </Checkbox>
        ))}
        <FormField label="Token" description="The one you signed in with, once more.">
          <Input
            type="password"
            value={token}
            autoComplete={false}
            onChange={({ detail }) => setToken(detail.value)}
          />
        </FormField>
        {reason && <Alert type="error">{reason}</Alert>}
      </SpaceBetween>
    </Modal>
  );
}
