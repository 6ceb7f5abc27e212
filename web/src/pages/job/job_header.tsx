import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';

import { api } from '../../api/api';
import { ApiError } from '../../api/client';
import type { Act, JobDetail } from '../../api/types';
import { useNotify } from '../../parts/notify';
import { go } from '../../router';
import { useIsOperator, useMayCreate } from '../../state/session';
import { atWork, hasEnded, jobName, kindLabel } from '../../text/job_text';
import { ActionModal, type Dialog } from './action_modal';
import { LimitsModal } from './limits_modal';
import { ResumeModal } from './resume_modal';

const said: Record<Act, string> = {
  pause: 'The job pauses: what is in flight is finished first.',
  resume: 'The job goes on.',
  cancel: 'The job is being cancelled.',
  retry: 'The job runs again; what is the same already is skipped.',
};

// Does one thing to the job, once at a time, and says how it went.
// `forToken` is told why the server asks for the token, which is not at hand here.
export function useAct(job: JobDetail, read: () => void, forToken: (why: string) => void) {
  const notify = useNotify();
  const [busy, setBusy] = useState<Act>();
  const act = async (what: Act) => {
    setBusy(what);
    try {
      await api.act(job.id, what);
      notify.say('info', said[what]);
    } catch (error) {
      if (error instanceof ApiError && error.problem.code === 'token') forToken(error.message);
      else notify.fail(error);
    }
    setBusy(undefined);
    read();
  };
  return { act, busy };
}

function route(job: JobDetail): string {
  if (job.kind === 'migrate') {
    const to = job.destination.region ? ` to ${job.destination.region}` : '';
    return `${job.source.uri}${to}`;
  }
  const at = (region: string) => (region ? ` (${region})` : '');
  return `${job.source.uri}${at(job.source.region)} → ${job.destination.uri}${at(job.destination.region)}`;
}

function Actions({ job, read }: { job: JobDetail; read: () => void }) {
  const [dialog, setDialog] = useState<Dialog | 'limits' | 'resume-with'>();
  const [asked, setAsked] = useState<string>();
  const { act, busy } = useAct(job, read, (why) => {
    setAsked(why);
    setDialog('resume-with');
  });
  const mayCreate = useMayCreate();
  const { may } = job;
  const close = () => {
    setDialog(undefined);
    setAsked(undefined);
    read();
  };
  return (
    <SpaceBetween direction="horizontal" size="xs">
      {may.pause && atWork(job) && (
        <Button iconName="pause" loading={busy === 'pause'} onClick={() => void act('pause')}>
          Pause
        </Button>
      )}
      {may.resume && !hasEnded(job) && (
        <Button
          variant={job.waiting_for ? 'normal' : 'primary'}
          iconName="play"
          loading={busy === 'resume'}
          onClick={() => void act('resume')}
        >
          Resume
        </Button>
      )}
      {may.cancel && !hasEnded(job) && <Button onClick={() => setDialog('cancel')}>Cancel job</Button>}
      <ButtonDropdown
        items={[
          { id: 'retry', text: 'Run again', disabled: !may.retry },
          ...(job.kind === 'migrate'
            ? [{ id: 'resume-with', text: 'Resume with options', disabled: !may.resume }]
            : []),
          { id: 'limits', text: 'Change limits', disabled: !job.here },
          { id: 'clone', text: 'Create a job like this', disabled: !mayCreate },
          { id: 'undo', text: 'Undo the migration', disabled: !may.undo },
          { id: 'delete', text: 'Delete from history', disabled: !may.delete },
        ]}
        onItemClick={({ detail }) => {
          if (detail.id === 'retry') void act('retry');
          else if (detail.id === 'clone') go(`#/create?clone=${encodeURIComponent(job.id)}`);
          else setDialog(detail.id as Dialog | 'limits' | 'resume-with');
        }}
      >
        Actions
      </ButtonDropdown>
      {dialog === 'limits' && <LimitsModal job={job} close={close} />}
      {dialog === 'resume-with' && <ResumeModal job={job} asked={asked} close={close} />}
      {dialog && dialog !== 'limits' && dialog !== 'resume-with' && (
        <ActionModal job={job} what={dialog} close={close} />
      )}
    </SpaceBetween>
  );
}

export function JobHeader({ job, read }: { job: JobDetail; read: () => void }) {
  const operator = useIsOperator();
  return (
    <Header
      variant="h1"
      description={<span className="code">{`${kindLabel(job.kind)}: ${route(job)}`}</span>}
      actions={operator && <Actions job={job} read={read} />}
    >
      {jobName(job)}
    </Header>
  );
}
