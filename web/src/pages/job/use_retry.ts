import { useState } from 'react';

import { api } from '../../api/api';
import type { JobDetail } from '../../api/types';
import { useNotify } from '../../parts/notify';
import { useIsOperator } from '../../state/session';
import { hasEnded } from '../../text/job_text';
import { counted } from '../../text/numbers';

// Runs what has failed once more: all of it, or some objects.
export function useRetry(job: JobDetail, read: () => void) {
  const notify = useNotify();
  const operator = useIsOperator();
  const [busy, setBusy] = useState<'all' | 'some'>();
  const may = operator && hasEnded(job) && (job.may.retry || job.may.resume);

  async function once(what: 'all' | 'some', ask: () => Promise<unknown>, said: string) {
    setBusy(what);
    try {
      await ask();
      notify.say('info', said);
    } catch (error) {
      notify.fail(error);
    }
    setBusy(undefined);
    read();
  }

  return {
    may,
    mayChoose: may && job.may.retry_selected, // some, and leave the others
    busy,
    all: () =>
      once('all', () => api.act(job.id, job.may.retry ? 'retry' : 'resume'),
        'The job runs again; what is the same already is skipped.'),
    some: (numbers: number[]) =>
      once('some', () => api.retry(job.id, job.attempt, numbers),
        `The job runs again for ${counted(numbers.length, 'failure')}; the others stay as they are.`),
  };
}
