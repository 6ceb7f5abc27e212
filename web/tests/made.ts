import type { Job, JobDetail, Place, Progress } from '../src/api/types';

export function madePlace(bucket: string, prefix = ''): Place {
  return {
    uri: `s3://${bucket}${prefix ? `/${prefix}` : ''}`, bucket, prefix, endpoint: '',
    region: 'us-east-1', role_arn: '',
  };
}

export function madeProgress(part: Partial<Progress> = {}): Progress {
  return {
    step: 'copy', step_number: 4, step_count: 7, percent: 42, objects_done: 513, bytes_done: 1024,
    objects_total: 1204, bytes_total: 4096, totals_final: true, totals_estimated: false, copied: 500,
    skipped: 13, failed: 0, retried: 4, throttled: 2, requests: 700, in_flight: 32, budget: 64,
    rate_limit: 0, elapsed_seconds: 90, objects_per_second: 12, bytes_per_second: 2048,
    bytes_per_second_average: 1024, eta_low_seconds: 2580, eta_high_seconds: 3420, ...part,
  };
}

export function madeJob(part: Partial<Job> = {}): Job {
  return {
    id: 'j1', kind: 'copy', state: 'running', exit_code: null, attempt: 1,
    created_at: '2026-11-22T10:00:00Z', updated_at: '2026-11-22T10:01:00Z',
    source: madePlace('here', 'media'), destination: madePlace('there'), percent: 42, message: '',
    outcome: null, progress: madeProgress(), waiting_for: null, here: true, ...part,
  };
}

export function madeDetail(part: Partial<JobDetail> = {}): JobDetail {
  const { may, ...rest } = part;
  return {
    ...madeJob(), spec: null, command: [], steps: [], resumed_from: null, limits: null,
    confirmation: null, regime: null, summary: null, has_failures: false, earlier_runs: null,
    actions: [],
    ...rest,
    may: {
      pause: false, resume: false, cancel: false, retry: false, undo: false, confirm: false,
      delete: false, retry_selected: false, ...may,
    },
  };
}
