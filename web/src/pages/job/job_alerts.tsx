import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';

import type { Confirmation, JobDetail } from '../../api/types';
import { Copyable } from '../../parts/copyable';
import { follow } from '../../router';
import { useIsOperator, useVisit } from '../../state/session';
import { shellWord } from '../../text/command';
import { atWork, endedWell, hasEnded, stepLabel } from '../../text/job_text';
import { counted } from '../../text/numbers';
import { ConfirmModal, losesSomething } from './confirm_modal';
import { useRetry } from './use_retry';

function Waiting({ job, found, read }: { job: JobDetail; found: Confirmation; read: () => void }) {
  const [open, setOpen] = useState(false);
  const operator = useIsOperator();
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
        {found.all_versions
          ? counted(found.objects, 'version or delete marker', 'versions and delete markers')
          : counted(found.objects, 'object')}{' '}
        of {found.bucket} are proven to be in the temporary bucket. Nothing was deleted yet. To move the
        name, the source has to be emptied and deleted.
        {losesSomething(found) && ' Something is not carried and would be lost with it: look at it first.'}
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

const isFatal = (job: JobDetail) => job.state === 'failed' || job.state === 'mismatch';

function Failed({ job, read }: { job: JobDetail; read: () => void }) {
  const retry = useRetry(job, read);
  return (
    <Alert
      type="warning"
      header={`${counted(failedObjects(job), 'object')} could not be copied`}
      action={
        retry.may && (
          <Button loading={retry.busy === 'all'} onClick={() => void retry.all()}>Retry failed</Button>
        )
      }
    >
      {hasEnded(job) && job.message && !isFatal(job) ? `${job.message.replace(/\.?$/, '.')} ` : ''}The causes are below, with what to do about
      each.
    </Alert>
  );
}

// Where this server runs nothing, the command line does; it shares the store.
function Elsewhere({ job }: { job: JobDetail }) {
  const words = ['s3migrator', 'jobs', 'resume', job.id];
  if (job.confirmation) words.push('--confirm-delete', job.confirmation.bucket);
  return (
    <Alert type="info" header="This console only watches. To go on with the job:">
      <Copyable text={words.map(shellWord).join(' ')} what="command" />
    </Alert>
  );
}

function Gone() {
  return (
    <Alert
      type="info"
      header="This job was deleted from the history"
      action={<Button href="#/jobs" onFollow={follow}>Jobs</Button>}
    >
      What you see is the last that was known of it.
    </Alert>
  );
}

function stateAlert(job: JobDetail) {
  if (job.state === 'interrupted') {
    return (
      <Alert key="state" type="warning" header="Nobody runs this job">
        The process that ran it is gone. Resume it: it looks at both buckets and goes on from what is
        there.
      </Alert>
    );
  }
  if (!job.message) return null;
  if (job.state === 'undone') return <Alert key="state" type="success">{job.message}</Alert>;
  if (endedWell(job)) return <Alert key="state" type="success">{job.message}</Alert>;
  if (!isFatal(job)) return null;
  return <Alert key="state" type="error" header="The job ended">{job.message}</Alert>;
}

// From the first delete until the name is taken the temporary bucket is the only whole copy.
function OnlyCopy({ job }: { job: JobDetail }) {
  const emptying = job.regime === 'emptying';
  return (
    <Alert
      type="error"
      header={emptying
        ? 'The source is partly or wholly emptied: the temporary bucket is the only whole copy'
        : 'The source is deleted, and the migration is not at its end'}
    >
      Leave the temporary bucket as it is, and {emptying ? 'resume the job or undo it' : 'resume the job'}.
      {job.message && !isFatal(job) && ` ${job.message}`}
    </Alert>
  );
}

const failedObjects = (job: JobDetail) => job.progress?.failed ?? job.summary?.failed ?? 0;

interface Props {
  job: JobDetail;
  gone: boolean;
  read: () => void;
}

// What a person should know before everything else; null where there is nothing.
export function JobAlerts({ job, gone, read }: Props) {
  const { about } = useVisit();
  const went = job.attempt > 1 && job.resumed_from && !hasEnded(job);
  const idle = !atWork(job) && !endedWell(job) && job.state !== 'cancelled';
  const alerts = [
    gone && <Gone key="gone" />,
    job.waiting_for === 'confirmation' && job.confirmation && (
      <Waiting key="waiting" job={job} found={job.confirmation} read={read} />
    ),
    idle && job.kind === 'migrate' && job.regime !== 'untouched' && job.regime && job.state !== 'undone' && (
      <OnlyCopy key="only" job={job} />
    ),
    stateAlert(job),
    went && (
      <Alert key="went" type="info">
        Attempt {job.attempt}, resumed from: {stepLabel(job.resumed_from!)}. What was there already is
        skipped.
      </Alert>
    ),
    failedObjects(job) > 0 && <Failed key="failed" job={job} read={read} />,
    idle && about?.executor === 'none' && <Elsewhere key="elsewhere" job={job} />,
  ].filter(Boolean);
  // An empty one would still have its distance from what follows.
  if (alerts.length === 0) return null;
  return (
    <div className="alerts">
      <SpaceBetween size="s">{alerts}</SpaceBetween>
    </div>
  );
}
