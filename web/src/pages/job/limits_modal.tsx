import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';

import { api } from '../../api/api';
import type { JobDetail, Limits } from '../../api/types';
import { useNotify } from '../../parts/notify';

const mostConcurrency = 4096;
const mostRate = 1_000_000;

// undefined: not a whole number between 1 and `most`; null: nothing was entered.
export function wholeNumber(text: string, most: number): number | null | undefined {
  const trimmed = text.trim();
  if (!trimmed) return null;
  if (!/^\d+$/.test(trimmed)) return undefined;
  const value = Number(trimmed);
  return value >= 1 && value <= most ? value : undefined;
}

const shown = (value: number | null | undefined) => (value == null ? '' : String(value));

// Only what is another than before: null lifts a limit.
export function changed(
  before: Limits | null,
  concurrency: number | null | undefined,
  rate: number | null | undefined,
): Partial<Limits> {
  const change: Partial<Limits> = {};
  if (concurrency !== undefined && concurrency !== (before?.concurrency ?? null)) {
    change.concurrency = concurrency;
  }
  if (rate !== undefined && rate !== (before?.max_requests_per_second ?? null)) {
    change.max_requests_per_second = rate;
  }
  return change;
}

export function LimitsModal({ job, close }: { job: JobDetail; close: () => void }) {
  const notify = useNotify();
  const [concurrency, setConcurrency] = useState(shown(job.limits?.concurrency));
  const [rate, setRate] = useState(shown(job.limits?.max_requests_per_second));
  const [reason, setReason] = useState<string>();
  const [busy, setBusy] = useState(false);
  const wanted = wholeNumber(concurrency, mostConcurrency);
  const wantedRate = wholeNumber(rate, mostRate);
  const change = changed(job.limits, wanted, wantedRate);

  async function submit() {
    setBusy(true);
    try {
      await api.limits(job.id, change);
      notify.say('success', 'The new limits hold from now on.');
      close();
    } catch (error) {
      setReason(error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  }

  return (
    <Modal
      visible
      header="Limits of the running job"
      onDismiss={close}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={close}>Close</Button>
            <Button
              variant="primary"
              loading={busy}
              disabled={
                Object.keys(change).length === 0 || wanted === undefined || wantedRate === undefined
              }
              onClick={() => void submit()}
            >
              Apply
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <FormField
          label="Requests in flight"
          description="Empty: it finds the number itself, and gives way when S3 answers SlowDown."
          errorText={wanted === undefined && `A whole number from 1 to ${mostConcurrency}.`}
        >
          <Input
            value={concurrency}
            inputMode="numeric"
            onChange={({ detail }) => setConcurrency(detail.value)}
          />
        </FormField>
        <FormField
          label="Requests a second, at most"
          description="Empty: no limit."
          errorText={wantedRate === undefined && `A whole number from 1 to ${mostRate}.`}
        >
          <Input value={rate} inputMode="numeric" onChange={({ detail }) => setRate(detail.value)} />
        </FormField>
        {reason && <Alert type="error">{reason}</Alert>}
      </SpaceBetween>
    </Modal>
  );
}
