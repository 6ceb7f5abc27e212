import { useEffect, useState } from 'react';

import { api } from '../api/api';
import type { JobDetail, StreamedEvent } from '../api/types';
import { useStream } from '../stream/stream';
import { detailAfter, logAfter, needsReading } from './job_events';
import { useAnswer, useThrottled } from './use_answer';

const eventsAPage = 1_000;

// One job as it is now. `gone`: somebody has deleted it meanwhile.
export function useJob(id: string) {
  const answer = useAnswer<JobDetail>(id, (signal) => api.job(id, signal));
  const [gone, setGone] = useState(false);
  const readSoon = useThrottled(answer.read, 1_000);

  useStream((message) => {
    if (message.kind === 'reset') return answer.read();
    if (message.kind !== 'event' || message.jobId !== id) return undefined;
    if (message.name === 'gone') setGone(true);
    // An answer that is on its way may be older than the message.
    const older = answer.loading && message.name !== 'progress';
    if (older || (answer.value && needsReading(answer.value, message))) readSoon();
    answer.set((job) => detailAfter(job, message));
    return undefined;
  });

  return { job: answer.value, error: answer.error, read: answer.read, gone };
}

// All that is kept of what the job told, page by page; of a long story the newest part.
async function readLog(id: string, signal: AbortSignal): Promise<StreamedEvent[]> {
  let log: StreamedEvent[] = [];
  let after: string | undefined;
  for (;;) {
    const { events } = await api.events(id, { after, limit: eventsAPage }, signal);
    log = logAfter(log, events);
    const last = events[events.length - 1];
    if (events.length < eventsAPage || !last) return log;
    after = `${last.attempt}.${last.seq}`;
  }
}

// What it told, and what it goes on to tell.
export function useJobLog(id: string) {
  const [log, setLog] = useState<StreamedEvent[]>([]);
  const answer = useAnswer(id, (signal) => readLog(id, signal));
  const { value } = answer;
  useEffect(() => {
    if (value) setLog((before) => logAfter(before, value));
  }, [value]);

  useStream((message) => {
    if (message.kind === 'reset') return answer.read();
    if (message.kind === 'event' && message.jobId === id) {
      setLog((before) => logAfter(before, [message.event as StreamedEvent]));
    }
    return undefined;
  });

  return { log, loading: answer.loading, error: answer.error, read: answer.read };
}
