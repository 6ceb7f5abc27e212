import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useState } from 'react';

import { api } from '../../api/api';
import type { Confirmation, JobDetail } from '../../api/types';
import { Copyable } from '../../parts/copyable';
import { follow } from '../../router';
import { bytesText } from '../../text/bytes';
import { counted, countText, sentence } from '../../text/numbers';

function Proven({ found }: { found: Confirmation }) {
  return (
    <KeyValuePairs
      columns={2}
      items={[
        { label: 'Bucket to delete', value: <span className="code">{found.bucket}</span> },
        { label: 'Its copy', value: <span className="code">{found.temporary_bucket}</span> },
        {
          label: found.all_versions ? 'Versions and delete markers proven' : 'Objects proven',
          value: countText(found.objects),
        },
        { label: 'Data proven', value: bytesText(found.bytes) },
        { label: 'Proven by size and date alone', value: countText(found.weak) },
        {
          label: 'Source',
          value: found.frozen ? 'Frozen: nobody can write' : (
            <StatusIndicator type="error">Not frozen: your word that it is quiet</StatusIndicator>
          ),
        },
        {
          label: 'Settings',
          value: `${counted(found.settings_changed, 'value')} rewritten for the new place`,
        },
      ]}
    />
  );
}

interface Props {
  job: JobDetail;
  found: Confirmation;
  close: () => void;
}

export const losesSomething = (found: Confirmation) =>
  found.uploads !== '' || found.not_carried > 0 || found.settings_not_carried > 0;

// What goes with the source, because no copy of it was or can be made.
function Lost({ job, found, close }: Props) {
  if (!losesSomething(found)) return null;
  return (
    <Alert type="error" header="Not carried, and lost with the source">
      <ul className="long">
        {found.uploads && <li>{sentence(found.uploads)}.</li>}
        {found.not_carried > 0 && (
          <li>
            {counted(found.not_carried, 'attribute of an object', 'attributes of objects')}; the report
            names them.
            <ul>
              {found.losses.map(({ attribute, count, why }) => (
                <li key={attribute}>{`${attribute} of ${countText(count)}: ${why}`}</li>
              ))}
            </ul>
          </li>
        )}
        {found.settings_not_carried > 0 && (
          <li>
            {counted(found.settings_not_carried, 'setting')} of the bucket:
            <ul>{found.settings_lost.map((each) => <li key={each}>{each}</li>)}</ul>
          </li>
        )}
      </ul>
      <Link
        variant="primary"
        href={`#/jobs/${encodeURIComponent(job.id)}/configuration`}
        onFollow={(event) => {
          follow(event);
          close();
        }}
      >
        Configuration of the bucket
      </Link>
    </Alert>
  );
}

// Deleting a bucket: what was proven and what is lost, its name typed, and the token again. Digest and
// id go along, so that only what stands here is confirmed.
export function ConfirmModal({ job, found, close }: Props) {
  const [name, setName] = useState('');
  const [token, setToken] = useState('');
  const [reason, setReason] = useState<string>();
  const [busy, setBusy] = useState(false);
  const wrong = name !== '' && !found.bucket.startsWith(name);

  async function submit() {
    setBusy(true);
    try {
      await api.confirm(job.id, {
        name, digest: found.digest, asked: found.id, token: token.trim(),
      });
      close();
    } catch (error) {
      setReason(error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  }

  return (
    <Modal
      visible
      size="large"
      header={`Delete the source bucket ${found.bucket}?`}
      onDismiss={close}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={close}>Not now</Button>
            <Button
              variant="primary"
              loading={busy}
              disabled={name !== found.bucket || !token.trim()}
              onClick={() => void submit()}
            >
              Delete source and go on
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="l">
        <Alert type="warning">
          The source is emptied and deleted, so that its name comes free. Until then the migration can
          be undone; afterwards it only goes forward.
        </Alert>
        <Lost job={job} found={found} close={close} />
        <Proven found={found} />
        <FormField label="Digest of what was proven" stretch>
          <Copyable text={found.digest} what="digest" />
        </FormField>
        <FormField
          label="Name of the bucket"
          description={`Type ${found.bucket}`}
          errorText={wrong && 'This is not its name.'}
        >
          <Input value={name} autoComplete={false} onChange={({ detail }) => setName(detail.value)} />
        </FormField>
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
