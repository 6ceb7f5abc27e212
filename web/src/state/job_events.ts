import type { Job, JobDetail, JobStep, Progress, StreamedEvent, Summary } from '../api/types';
import type { JobMessage } from '../stream/protocol';

function withProgress<T extends Job>(job: T, progress: Progress): T {
  return { ...job, progress, percent: Math.max(job.percent, progress.percent) };
}

// Another step runs: its figures are not known yet, those of the whole job stay.
function withStep<T extends Job>(job: T, event: StreamedEvent): T {
  const step = String(event.step);
  const percent = Math.max(job.percent, Number(event.percent) || 0);
  if (event.state !== 'started' || !job.progress || job.progress.step === step) {
    return percent === job.percent ? job : { ...job, percent };
  }
  const progress: Progress = {
    ...job.progress, step, step_number: Number(event.step_number) || 0,
    step_count: Number(event.step_count) || job.progress.step_count, objects_done: 0, bytes_done: 0,
    objects_total: 0, bytes_total: 0, totals_final: false, totals_estimated: false, in_flight: 0,
    objects_per_second: null, bytes_per_second: null, bytes_per_second_average: null,
    eta_low_seconds: null, eta_high_seconds: null,
  };
  return { ...job, percent, progress };
}

// The job after a message of the stream; the same object where nothing of it has changed.
export function afterMessage<T extends Job>(job: T, message: JobMessage): T {
  if (message.jobId !== job.id) return job;
  switch (message.name) {
    case 'job':
      return { ...job, ...(message.event as Job) };
    case 'progress':
      return withProgress(job, message.event as Progress);
    case 'step':
      return withStep(job, message.event as StreamedEvent);
    case 'summary': {
      const { message: text, outcome } = message.event as { message?: string; outcome?: string };
      return { ...job, message: text ?? job.message, outcome: outcome ?? job.outcome };
    }
    default:
      return job;
  }
}

export function listAfter(jobs: Job[], message: JobMessage): Job[] {
  if (message.name === 'gone') return jobs.filter((job) => job.id !== message.jobId);
  let changed = false;
  const after = jobs.map((job) => {
    const next = afterMessage(job, message);
    changed ||= next !== job;
    return next;
  });
  return changed ? after : jobs;
}

function stepsAfter(steps: JobStep[], event: StreamedEvent): JobStep[] {
  const name = String(event.step);
  const state = event.state as JobStep['state'];
  const time = event.time ?? new Date().toISOString();
  const before = steps.find((step) => step.step === name);
  const begins = state === 'started';
  const step: JobStep = {
    step: name,
    number: Number(event.step_number) || before?.number || steps.length + 1,
    state,
    percent: Number(event.percent) || 0,
    started: begins ? time : (before?.started ?? time),
    ended: begins ? null : time,
    message: String(event.message ?? '') || (begins ? '' : (before?.message ?? '')),
  };
  const others = steps.filter((each) => each.step !== name);
  return [...others, step].sort((a, b) => a.number - b.number);
}

export function detailAfter(job: JobDetail, message: JobMessage): JobDetail {
  if (message.jobId !== job.id) return job;
  if (message.name === 'summary') {
    return { ...afterMessage(job, message), summary: message.event as Summary };
  }
  if (message.name !== 'step') return afterMessage(job, message);
  const event = message.event as StreamedEvent;
  return { ...withStep(job, event), steps: stepsAfter(job.steps, event) };
}

// Whether the message changes what only the job's own address tells: its limits, what it waits for.
export function needsReading(job: JobDetail, message: JobMessage): boolean {
  if (message.jobId !== job.id) return false;
  if (message.name === 'summary') return true;
  if (message.name === 'progress') {
    const { step } = message.event as Progress;
    return !job.steps.some((each) => each.step === step);
  }
  if (message.name !== 'job') return false;
  const next = message.event as Job;
  return (
    next.state !== job.state || next.attempt !== job.attempt || next.waiting_for !== job.waiting_for
  );
}

const logged = ['step', 'failure', 'note', 'summary'];
const longestLog = 1_000;

// The newest `longestLog` events, each once: the stream repeats what a page has read.
export function logAfter(log: StreamedEvent[], more: StreamedEvent[]): StreamedEvent[] {
  const fresh = more.filter((event) => logged.includes(event.type));
  if (fresh.length === 0) return log;
  const key = (event: StreamedEvent) => `${event.attempt ?? 0}.${event.seq ?? 0}`;
  const all = new Map(log.map((event) => [key(event), event]));
  fresh.forEach((event) => all.set(key(event), event));
  return [...all.values()]
    .sort((a, b) => (a.attempt ?? 0) - (b.attempt ?? 0) || (a.seq ?? 0) - (b.seq ?? 0))
    .slice(-longestLog);
}
