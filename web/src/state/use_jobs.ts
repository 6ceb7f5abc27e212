import { api } from '../api/api';
import type { JobPage } from '../api/types';
import { useStream } from '../stream/stream';
import { listAfter } from './job_events';
import { useAnswer, useThrottled } from './use_answer';

export interface JobsQuery {
  q: string;
  state: string;
  kind: string;
  cursors: string[]; // of each page up to the one that is shown; the first is empty
}

const pageSize = 20;

export function useJobs(query: JobsQuery) {
  const { q, state, kind, cursors } = query;
  const cursor = cursors[cursors.length - 1] ?? '';
  const key = JSON.stringify([q, state, kind, cursor]);
  const { value, loading, error, read, set } = useAnswer<JobPage>(key, (signal) =>
    api.jobs({ q, state, kind, limit: pageSize, cursor }, signal),
  );
  const readSoon = useThrottled(read, 500);

  useStream((message) => {
    if (message.kind === 'reset') return read();
    if (message.kind !== 'event') return undefined;
    set((page) => {
      const jobs = listAfter(page.jobs, message);
      return jobs === page.jobs ? page : { ...page, jobs };
    });
    // A job that is new, or that a filter takes in or leaves out now.
    const known = value?.jobs.some((job) => job.id === message.jobId);
    if (message.name === 'gone' || (message.name === 'job' && (!known || state || loading))) readSoon();
    return undefined;
  });

  return {
    jobs: value?.jobs ?? [],
    total: value?.total,
    next: value?.next_cursor ?? undefined,
    loading,
    error,
    read,
  };
}
