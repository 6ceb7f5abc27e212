import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';

import type { JobDetail } from '../../api/types';
import { Copyable } from '../../parts/copyable';
import { follow } from '../../router';
import { useIsOperator, useVisit } from '../../state/session';
import { shellWord } from '../../text/command';
import { atWork, endedWell, hasEnded, stepLabel } from '../../text/job_text';
import { counted } from '../../text/numbers';
import { ConfirmModal } from './confirm_modal';
import { useAct } from './job_header';

function Waiting({ job, read }: { job: JobDetail; read: () => void }) {
  const [open, setOpen] = useState(false);
  const operator = useIsOperator();
  const found = job.confirmation;
  if (!found) return null;
  return (
    <>
      <Alert
        type="warning"
        header="Waits for your confirmation: the source bucket is deleted next"
        action={
          operator && job.may.confirm && (
            <Button onClick={() => setOpen(true)}>Review and confirm</Button>
          )
        }
      >
        {counted(found.objects, 'object')} of {found.bucket} are proven to be in the temporary bucket.
        Nothing was deleted yet. To move the name, the source has to be emptied and deleted.
      </Alert>
      {open && (
        <ConfirmModal
          job={job}
          found={found}
          close={() => {
            setOpen(false);
            read();
          }}
        />
      )}
    </>
  );
}

function Failed({ job, read }: { job: JobDetail; read: () => void }) {
  const operator = useIsOperator();
  const { act, busy } = useAct(job, read);
  const failed = job.progress?.failed ?? job.summary?.failed ?? 0;
  if (failed === 0) return null;
  const again = job.may.retry ? 'retry' : 'resume';
  return (
    <Alert
      type="warning"
      header={`${counted(failed, 'object')} could not be copied`}
      action={
        operator && hasEnded(job) && job.may[again] && (
          <Button loading={busy === again} onClick={() => void act(again)}>Retry failed</Button>
        )
      }
    >
      {hasEnded(job) && job.message ? `${job.message} ` : ''}The causes are below, with what to do about
      each.
    </Alert>
  );
}

// Where this server runs nothing, the command line does; it shares the store.
function Elsewhere({ job }: { job: JobDetail }) {
  const { about } = useVisit();
  if (about?.executor !== 'none' || atWork(job) || endedWell(job) || job.state === 'cancelled') {
    return null;
  }
  const words = ['s3migrator', 'jobs', 'resume', job.id];
  if (job.confirmation) words.push('--confirm-delete', job.confirmation.bucket);
  return (
    <Alert type="info" header="This console only watches. To go on with the job:">
      <Copyable text={words.map(shellWord).join(' ')} what="command" />
    </Alert>
  );
}

interface Props {
  job: JobDetail;
  gone: boolean;
  read: () => void;
}

// What a person should know before everything else.
export function JobAlerts({ job, gone, read }: Props) {
  const fatal = job.state === 'failed' || job.state === 'mismatch';
  const went = job.attempt > 1 && job.resumed_from && !hasEnded(job);
  return (
    <SpaceBetween size="s">
      {gone && (
        <Alert
          type="info"
          header="This job was deleted from the history"
          action={<Button href="#/jobs" onFollow={follow}>Jobs</Button>}
        >
          What you see is the last that was known of it.
        </Alert>
      )}
      {job.waiting_for === 'confirmation' && <Waiting job={job} read={read} />}
      {fatal && job.message && <Alert type="error" header="The job ended">{job.message}</Alert>}
      {endedWell(job) && job.message && <Alert type="success">{job.message}</Alert>}
      {job.state === 'interrupted' && (
        <Alert type="warning" header="Nobody runs this job">
          The process that ran it is gone. Resume it: it looks at both buckets and goes on from what
          is there.
        </Alert>
      )}
      {went && (
        <Alert type="info">
          Attempt {job.attempt}, resumed from: {stepLabel(job.resumed_from!)}. What was there already
          is skipped.
        </Alert>
      )}
      <Failed job={job} read={read} />
      <Elsewhere job={job} />
    </SpaceBetween>
  );
}
