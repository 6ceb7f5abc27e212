import { describe, expect, test } from 'vitest';

import { madeDetail, madeJob, madeProgress } from '../../tests/made';
import type { JobMessage } from '../stream/protocol';
import { afterMessage, detailAfter, listAfter, logAfter, needsReading } from './job_events';

const message = (name: JobMessage['name'], event: unknown, jobId = 'j1'): JobMessage => ({
  kind: 'event', name, jobId, event,
});

describe('a message of the stream', () => {
  test('of another job leaves this one as it is', () => {
    const job = madeJob();
    expect(afterMessage(job, message('progress', madeProgress(), 'other'))).toBe(job);
  });

  test('brings figures, and the percent never falls', () => {
    const job = madeJob({ percent: 50 });
    const after = afterMessage(job, message('progress', madeProgress({ percent: 43, copied: 9 })));
    expect(after.percent).toBe(50);
    expect(after.progress?.copied).toBe(9);
  });

  test('of another step leaves the counts of the job and drops those of the step before', () => {
    const event = { type: 'step', step: 'verify', step_number: 5, step_count: 7, state: 'started' };
    const after = afterMessage(madeJob(), message('step', event));
    expect(after.progress).toMatchObject({
      step: 'verify', step_number: 5, copied: 500, objects_total: 0, eta_low_seconds: null,
    });
    const same = madeJob();
    expect(afterMessage(same, message('step', { ...event, step: 'copy' }))).toBe(same);
  });

  test('takes a job that is gone off the list', () => {
    const jobs = [madeJob(), madeJob({ id: 'j2' })];
    expect(listAfter(jobs, message('gone', undefined)).map((job) => job.id)).toEqual(['j2']);
    expect(listAfter(jobs, message('note', {}))).toBe(jobs);
  });

  test('begins and ends steps', () => {
    const started = detailAfter(madeDetail(), message('step', {
      type: 'step', step: 'copy', step_number: 4, state: 'started', percent: 6,
      time: '2026-11-22T10:00:00Z', message: '',
    }));
    expect(started.steps).toMatchObject([{ step: 'copy', ended: null, state: 'started' }]);
    const done = detailAfter(started, message('step', {
      type: 'step', step: 'copy', step_number: 4, state: 'done', percent: 99,
      time: '2026-11-22T10:05:00Z', message: '5 objects',
    }));
    expect(done.steps).toMatchObject([
      { started: '2026-11-22T10:00:00Z', ended: '2026-11-22T10:05:00Z', message: '5 objects' },
    ]);
    expect(done.percent).toBe(99);
  });

  test('asks for the whole job where the list does not tell all', () => {
    const job = madeDetail();
    expect(needsReading(job, message('job', madeJob({ percent: 43 })))).toBe(false);
    expect(needsReading(job, message('job', madeJob({ waiting_for: 'confirmation' })))).toBe(true);
    expect(needsReading(job, message('job', madeJob({ state: 'paused' })))).toBe(true);
    expect(needsReading(job, message('summary', {}))).toBe(true);
    expect(needsReading(job, message('progress', madeProgress()))).toBe(true); // its step is new
    const known = { step: 'copy', number: 4, state: 'started' as const, percent: 6, started: '', ended: null, message: '' };
    expect(needsReading({ ...job, steps: [known] }, message('progress', madeProgress()))).toBe(false);
    expect(needsReading(job, message('summary', {}, 'other'))).toBe(false);
  });
});

test('the summary is known at once, before the job is read again', () => {
  const summary = { outcome: 'verified', message: 'All.', copied: 5, skipped: 2 };
  const after = detailAfter(madeDetail(), {
    kind: 'event', name: 'summary', jobId: 'j1', event: summary,
  });
  expect(after.summary).toMatchObject({ copied: 5, skipped: 2 });
  expect(after.message).toBe('All.');
});

describe('the log', () => {
  test('has every event once, in its order, without figures', () => {
    const event = (attempt: number, seq: number, type = 'note') => ({ type, attempt, seq });
    const log = logAfter([event(1, 2), event(2, 1)], [event(1, 2), event(1, 9, 'progress'), event(1, 3)]);
    expect(log.map(({ attempt, seq }) => `${attempt}.${seq}`)).toEqual(['1.2', '1.3', '2.1']);
  });

  test('is as it was where nothing of it has come', () => {
    const log = [{ type: 'note', attempt: 1, seq: 1 }];
    expect(logAfter(log, [{ type: 'progress', attempt: 1, seq: 2 }])).toBe(log);
  });

  test('keeps the newest thousand', () => {
    const many = Array.from({ length: 1500 }, (_, seq) => ({ type: 'note', attempt: 1, seq }));
    const log = logAfter([], many);
    expect(log).toHaveLength(1000);
    expect(log[999]).toMatchObject({ seq: 1499 });
  });
});
