import type { Job, JobKind, Place, Progress } from '../api/types';
import { bytesOf, bytesText, unitFor } from './bytes';
import { durationRange } from './durations';
import { countText, dash, sentence } from './numbers';

export type Tone = 'in-progress' | 'success' | 'warning' | 'error' | 'stopped' | 'pending';

export interface Standing {
  tone: Tone;
  text: string;
}

const steps: Record<string, string> = {
  preflight: 'Check access to both sides',
  destination: 'Prepare the destination bucket',
  'temporary-bucket': 'Make the temporary bucket',
  grant: 'Grant access',
  restore: 'Ask for archived objects',
  copy: 'Copy objects',
  await: 'Wait for restored objects',
  delete: 'Delete what the source lacks',
  verify: 'Verify every object',
  revoke: 'Take back the grant',
  freeze: 'Freeze the source',
  delta: 'Copy what has changed since',
  prove: 'Prove every object and its attributes',
  confirm: 'Your confirmation',
  silence: 'Silence notifications and replication',
  empty: 'Empty the source',
  'delete-source': 'Delete the source bucket',
  'take-name': 'Take the name in the target account',
  configuration: 'Set the configuration',
  'copy-back': 'Copy into the new bucket',
  'last-configuration': 'Set policy, notifications and replication',
  open: 'Open the new bucket',
  discard: 'Delete the temporary bucket',
  report: 'Write the report',
};

export function stepLabel(step: string): string {
  const known = steps[step];
  if (known) return known;
  return sentence(step.replaceAll('-', ' '));
}

export const kindLabel = (kind: JobKind) => (kind === 'migrate' ? 'Migration' : 'Copy');

export const placeText = (place: Place) =>
  place.prefix ? `${place.bucket}/${place.prefix}` : place.bucket;

// What a person calls the job: by its buckets.
export function jobName(job: Pick<Job, 'kind' | 'source' | 'destination'>): string {
  if (job.kind === 'migrate') return `Migration of ${job.source.bucket}`;
  return `${placeText(job.source)} to ${placeText(job.destination)}`;
}

// Whether some process works on it now, so that rates and an end mean something.
export const atWork = (job: Pick<Job, 'state'>) =>
  ['running', 'pausing', 'cancelling'].includes(job.state);

export const hasEnded = (job: Pick<Job, 'state'>) =>
  ['done', 'undone', 'failed-objects', 'mismatch', 'failed', 'cancelled'].includes(job.state);

export function endedWell(job: Pick<Job, 'state' | 'exit_code'>): boolean {
  return job.state === 'done' && job.exit_code === 0;
}

// Rounded down, and 100 only when all is verified.
export function percentOf(job: Pick<Job, 'state' | 'exit_code' | 'percent'>): number {
  const percent = Math.floor(Math.max(0, job.percent));
  return endedWell(job) ? Math.min(100, percent) : Math.min(99, percent);
}

function standingOfEnd(job: Job): Standing {
  if (job.state === 'undone') return { tone: 'stopped', text: 'Undone' };
  if (job.state === 'failed') return { tone: 'error', text: 'Failed' };
  if (job.state === 'cancelled') return { tone: 'stopped', text: 'Cancelled' };
  if (job.state === 'failed-objects' || job.exit_code === 3) {
    return { tone: 'warning', text: 'Completed with failures' };
  }
  if (job.state === 'mismatch' || job.exit_code === 4) {
    return { tone: 'error', text: 'Verification mismatch' };
  }
  if (job.exit_code) return { tone: 'error', text: 'Failed' };
  return { tone: 'success', text: job.outcome === 'copied' ? 'Copied' : 'Completed and verified' };
}

export function standing(job: Job): Standing {
  if (job.waiting_for === 'confirmation') return { tone: 'warning', text: 'Waits for confirmation' };
  switch (job.state) {
    case 'running':
      return {
        tone: 'in-progress',
        text: job.progress ? stepLabel(job.progress.step) : 'Starting',
      };
    case 'pausing':
      return { tone: 'in-progress', text: 'Pausing' };
    case 'cancelling':
      return { tone: 'in-progress', text: 'Cancelling' };
    case 'paused':
      return { tone: 'stopped', text: 'Paused' };
    case 'interrupted':
      return { tone: 'warning', text: 'Interrupted' };
    default:
      return standingOfEnd(job);
  }
}

// Whether the step that runs counts anything, and has begun to.
export const hasFigures = (progress: Progress) =>
  progress.objects_total > 0 || progress.bytes_total > 0;

const foundSoFar = (progress: Progress) => !progress.totals_final && !progress.totals_estimated;

export function objectsText(progress: Progress): string {
  const about = progress.totals_estimated && !progress.totals_final ? 'about ' : '';
  const more = foundSoFar(progress) ? '+ objects found so far' : ' objects';
  return `${countText(progress.objects_done)} of ${about}${countText(progress.objects_total)}${more}`;
}

export function dataText(progress: Progress): string {
  const about = progress.totals_estimated && !progress.totals_final ? 'of about' : 'of';
  const text = bytesOf(progress.bytes_done, progress.bytes_total).replace('of', about);
  return foundSoFar(progress) ? `${text}+` : text;
}

// Both, as far as the step counts them: what only lists or deletes has no bytes.
export function amountText(progress: Progress): string {
  const objects = objectsText(progress);
  return progress.bytes_total > 0 ? `${dataText(progress)}, ${objects}` : objects;
}

// By bytes, where there are any; rounded down, and 100 only when the totals are known.
export function stepPercent(progress: Progress): number {
  const [done, total] = progress.bytes_total > 0
    ? [progress.bytes_done, progress.bytes_total]
    : [progress.objects_done, progress.objects_total];
  if (total <= 0) return 0;
  const percent = Math.floor((100 * done) / total);
  return Math.max(0, Math.min(progress.totals_final ? 100 : 99, percent));
}

export function rateText(bytesPerSecond: number | null | undefined, works: boolean): string {
  if (!works || bytesPerSecond == null) return dash;
  return `${bytesText(bytesPerSecond)}/s`;
}

export function objectRateText(rate: number | null | undefined, works: boolean): string {
  if (!works || rate == null) return dash;
  return `${rate < 10 ? rate.toFixed(1) : countText(rate)}/s`;
}

// A range, "calculating" while there is no honest one, a dash when nothing runs.
export function timeLeft(job: Job): string {
  if (!atWork(job) || !job.progress) return dash;
  const { eta_low_seconds: low, eta_high_seconds: high } = job.progress;
  if (low == null || high == null) return 'calculating';
  return durationRange(low, high);
}

export function titleOf(job: Job): string {
  return `${percentOf(job)} % - ${jobName(job)}`;
}

// Several rates in one unit, for the axis of a chart.
export function chartUnit(bytesPerSecond: number[]): { name: string; bytes: number } {
  return unitFor(Math.max(0, ...bytesPerSecond));
}
