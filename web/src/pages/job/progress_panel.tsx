import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs, { type KeyValuePairsProps } from '@cloudscape-design/components/key-value-pairs';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';

import type { JobDetail, Progress } from '../../api/types';
import { StandingBadge } from '../../parts/standing_badge';
import { durationText, secondsBetween, timeText } from '../../text/durations';
import {
  amountText, atWork, endedWell, hasFigures, objectRateText, percentOf, rateText, stepLabel,
  stepPercent, timeLeft,
} from '../../text/job_text';
import { countText, dash } from '../../text/numbers';

function StepBar({ progress }: { progress: Progress }) {
  const label = `Step ${progress.step_number} of ${progress.step_count}: ${stepLabel(progress.step)}`;
  if (!hasFigures(progress)) return <StatusIndicator type="loading">{label}</StatusIndicator>;
  return (
    <ProgressBar
      value={stepPercent(progress)}
      label={label}
      description={amountText(progress)}
    />
  );
}

function limitsText(job: JobDetail): string {
  if (!job.limits) return dash;
  const { concurrency, max_requests_per_second: rate } = job.limits;
  const flight = concurrency == null ? 'found by itself' : `${countText(concurrency)} in flight`;
  return rate == null ? flight : `${flight}, ${countText(rate)} requests/s`;
}

function elapsed(job: JobDetail): string {
  const seconds = job.progress?.elapsed_seconds ?? job.summary?.elapsed_seconds;
  if (seconds != null) return durationText(seconds + (job.earlier_runs?.seconds ?? 0));
  return atWork(job) ? dash : durationText(secondsBetween(job.created_at, job.updated_at));
}

const copying = ['copy', 'delta', 'copy-back', 'await'];

// Of a run that is over the summary has them of all its steps; while it runs, steps that compare or
// delete do not tell them.
function countsOf({ state, progress, summary }: JobDetail) {
  if (!atWork({ state })) return summary ?? progress ?? undefined;
  return progress && copying.includes(progress.step) ? progress : undefined;
}

function figures(job: JobDetail, works: boolean): KeyValuePairsProps.Item[] {
  const { progress, earlier_runs: earlier } = job;
  const counts = countsOf(job);
  const count = (value: number | undefined) => (value === undefined ? dash : countText(value));
  // Of all runs. What one has skipped may be what the one before has copied.
  const inAll = (value: number | undefined, before: number | undefined) =>
    count(value === undefined ? undefined : value + (before ?? 0));
  const average = progress?.bytes_per_second_average;
  const flight = works && progress
    ? `${countText(progress.in_flight)}${progress.budget ? ` of ${countText(progress.budget)}` : ''}`
    : dash;
  return [
    { label: 'Status', value: <StandingBadge job={job} /> },
    { label: 'Time left', value: works ? timeLeft(job) : dash },
    { label: 'Elapsed', value: elapsed(job) },
    { label: 'Started', value: timeText(job.created_at) },
    {
      label: 'Data rate',
      value: `${rateText(progress?.bytes_per_second, works)}${
        works && average != null ? ` (average ${rateText(average, works)})` : ''}`,
    },
    { label: 'Object rate', value: objectRateText(progress?.objects_per_second, works) },
    {
      label: 'Copied / skipped',
      value: `${inAll(counts?.copied, earlier?.copied)} / ${count(counts?.skipped)}`,
    },
    { label: 'Failed', value: count((counts ?? progress)?.failed) },
    { label: 'Retries', value: inAll(progress?.retried, earlier?.retried) },
    { label: 'Throttled (503)', value: inAll(progress?.throttled, earlier?.throttled) },
    { label: 'Requests in flight', value: flight },
    { label: 'Limits', value: limitsText(job) },
  ];
}

export function ProgressPanel({ job, stale }: { job: JobDetail; stale: boolean }) {
  const works = atWork(job) && !stale;
  const { progress } = job;
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={stale ? 'Stale: the connection to the server is lost.' : undefined}
        >
          Progress
        </Header>
      }
    >
      <SpaceBetween size="l">
        <ProgressBar
          value={percentOf(job)}
          label="The whole job"
          description={endedWell(job) ? 'Done, and every object verified.' : undefined}
          additionalInfo={works ? `Time left: ${timeLeft(job)}` : undefined}
        />
        {progress && atWork(job) && <StepBar progress={progress} />}
        <KeyValuePairs columns={4} items={figures(job, works)} />
      </SpaceBetween>
    </Container>
  );
}
