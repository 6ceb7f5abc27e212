import { describe, expect, test } from 'vitest';

import type { ConfigurationPart, StreamedEvent } from '../../api/types';
import { inOrder } from './configuration_tab';
import { changed } from './limits_modal';
import { logOfStep } from './log_tab';

describe('a change of the limits', () => {
  const before = { concurrency: 8, max_requests_per_second: null };

  test('names only what is another', () => {
    expect(changed(before, 8, null)).toEqual({});
    expect(changed(before, 8, 100)).toEqual({ max_requests_per_second: 100 });
    expect(changed(null, 4, null)).toEqual({ concurrency: 4 });
  });

  test('lifts a limit whose field was emptied', () => {
    expect(changed(before, null, null)).toEqual({ concurrency: null });
  });

  test('is none where a number is not right', () => {
    expect(changed(before, undefined, undefined)).toEqual({});
  });
});

describe('the log of a step', () => {
  const step = (seq: number, name: string, state: string): StreamedEvent =>
    ({ type: 'step', attempt: 1, seq, step: name, state });
  const note = (seq: number): StreamedEvent => ({ type: 'note', attempt: 1, seq, message: `n${seq}` });

  test('is what was told while it ran, in every attempt', () => {
    const log = [
      note(1), step(2, 'grant', 'started'), note(3), step(4, 'grant', 'done'), note(5),
      step(6, 'copy', 'started'), note(7), { type: 'summary', attempt: 1, seq: 8 }, note(9),
      step(10, 'copy', 'started'), note(11), step(12, 'copy', 'done'),
    ];
    expect(logOfStep(log, 'copy').map((event) => event.seq)).toEqual([6, 7, 10, 11, 12]);
    expect(logOfStep(log, 'grant').map((event) => event.seq)).toEqual([2, 3, 4]);
  });
});

test('what differs in a configuration stands first', () => {
  const part = (name: string, state: ConfigurationPart['state']): ConfigurationPart =>
    ({ name, state, source: null, destination: null, note: '' });
  const parts = [part('tags', 'same'), part('policy', 'rewritten'), part('cors', 'same')];
  expect(inOrder(parts).map((each) => each.name)).toEqual(['policy', 'tags', 'cors']);
});
