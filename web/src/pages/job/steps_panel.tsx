import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import Steps, { type StepsProps } from '@cloudscape-design/components/steps';

import type { JobDetail, JobStep } from '../../api/types';
import { follow } from '../../router';
import { durationText, secondsBetween } from '../../text/durations';
import { amountText, atWork, hasFigures, stepLabel } from '../../text/job_text';

const waitsHere = (step: JobStep, job: JobDetail) =>
  job.waiting_for === 'confirmation' && step.step === 'confirm';

function statusOf(step: JobStep, job: JobDetail): StepsProps.Status {
  if (waitsHere(step, job)) return 'warning';
  if (step.state === 'done') return 'success';
  if (step.state === 'failed') return 'error';
  if (step.state === 'skipped') return 'stopped';
  return atWork(job) ? 'in-progress' : 'stopped';
}

function detailsOf(step: JobStep, job: JobDetail): string {
  const parts: string[] = [];
  const { progress } = job;
  if (step.state === 'started' && progress?.step === step.step && hasFigures(progress)) {
    parts.push(amountText(progress));
  } else if (step.message) {
    parts.push(step.message);
  }
  if (waitsHere(step, job)) return 'waits for you';
  if (step.state === 'skipped') parts.push('not needed');
  else if (step.ended) parts.push(durationText(secondsBetween(step.started, step.ended)));
  else if (!atWork(job)) parts.push('not finished');
  return parts.join(' · ');
}

export function StepsPanel({ job }: { job: JobDetail }) {
  const steps = job.steps.map((step) => ({
    status: statusOf(step, job),
    statusIconAriaLabel: step.state,
    header: stepLabel(step.step),
    details: (
      <Box variant="small" color="text-body-secondary">
        <span className="long">{detailsOf(step, job)}</span>{' '}
        <Link
          fontSize="body-s"
          href={`#/jobs/${encodeURIComponent(job.id)}/log?step=${encodeURIComponent(step.step)}`}
          ariaLabel={`Log of the step: ${stepLabel(step.step)}`}
          onFollow={follow}
        >
          Log
        </Link>
      </Box>
    ),
  }));
  const total = atWork(job) ? job.progress?.step_count : undefined;
  return (
    <Container
      fitHeight
      header={
        <Header variant="h2" counter={total ? `(${job.progress!.step_number} of ${total})` : undefined}>
          Steps
        </Header>
      }
    >
      {steps.length > 0 ? (
        <Steps ariaLabel="Steps of the job" steps={steps} />
      ) : (
        <Box color="text-body-secondary">It has not begun.</Box>
      )}
    </Container>
  );
}
