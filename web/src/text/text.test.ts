import { describe, expect, test } from 'vitest';

import { madeJob, madeProgress } from '../../tests/made';
import { bytesOf, bytesText } from './bytes';
import { commandWords, curlLine, shellLine, shellWord } from './command';
import { durationRange, durationText, timeText } from './durations';
import {
  dataText, jobName, objectsText, percentOf, rateText, standing, stepLabel, stepPercent, timeLeft,
  titleOf,
} from './job_text';
import { keyText } from './keys';
import { counted, dollarRange } from './numbers';

describe('bytes', () => {
  test.each([
    [0, '0 B'], [1023, '1023 B'], [1024, '1.00 KiB'], [1536, '1.50 KiB'], [10 * 1024, '10.0 KiB'],
    [1023.99 * 1024, '1023 KiB'], [2 ** 40, '1.00 TiB'],
  ])('%d is %s', (bytes, text) => expect(bytesText(bytes)).toBe(text));

  test('are rounded down, so that nothing is shown as done that is not', () => {
    expect(bytesOf(4095, 4096)).toBe('3.99 of 4.00 KiB');
  });
});

describe('numbers', () => {
  test('are grouped, and the noun follows', () => {
    expect(counted(1, 'object')).toBe('1 object');
    expect(counted(2300, 'object')).toBe('2,300 objects');
  });

  test('a range of dollars is one where both ends look the same', () => {
    expect(dollarRange(6.5, 84)).toBe('6.50 to 84.00 USD');
    expect(dollarRange(0.001, 0.002)).toBe('under 0.01 USD');
  });
});

describe('durations', () => {
  test.each([[0, '0 s'], [59, '59 s'], [90, '1 min 30 s'], [9_000, '2 h 30 min'], [86_400, '1 d']])(
    '%d s is %s', (seconds, text) => expect(durationText(seconds)).toBe(text));

  test.each([
    [0.1, 0.5, '1 s'], [43 * 60, 56.2 * 60, '43–57 min'], [7_200, 10_000, '2–3 h'],
    [86_400 * 3, 86_400 * 4, '3–4 d'],
  ])('%d to %d s is %s, never 0', (low, high, text) => expect(durationRange(low, high)).toBe(text));

  test('a time is of UTC, or a dash', () => {
    expect(timeText('2026-11-22T11:58:45.123Z')).toBe('2026-11-22 11:58:45 UTC');
    expect(timeText(null)).toBe('–');
    expect(timeText('soon')).toBe('–');
  });
});

describe('percent', () => {
  test('is rounded down, and 100 only when all is verified', () => {
    expect(percentOf(madeJob({ percent: 42.9 }))).toBe(42);
    expect(percentOf(madeJob({ percent: 100 }))).toBe(99);
    expect(percentOf(madeJob({ percent: 100, state: 'done', exit_code: 3 }))).toBe(99);
    expect(percentOf(madeJob({ percent: 100, state: 'done', exit_code: 0 }))).toBe(100);
  });

  test('of a step is by bytes, and 100 only when the totals are known', () => {
    expect(stepPercent(madeProgress({ bytes_done: 1023, bytes_total: 1024 }))).toBe(99);
    expect(stepPercent(madeProgress({ bytes_done: 9, bytes_total: 9, totals_final: false }))).toBe(99);
    expect(stepPercent(madeProgress({ bytes_done: 9, bytes_total: 9 }))).toBe(100);
    expect(stepPercent(madeProgress({ bytes_total: 0, objects_done: 1, objects_total: 2 }))).toBe(50);
    expect(stepPercent(madeProgress({ bytes_total: 0, objects_total: 0 }))).toBe(0);
  });

  test('stands in the title of the tab', () => {
    expect(titleOf(madeJob())).toBe('42 % - here/media to there');
  });
});

describe('what is found so far', () => {
  test('has a plus until the listing has ended', () => {
    const progress = madeProgress({ totals_final: false });
    expect(objectsText(progress)).toBe('513 of 1,204+ objects found so far');
    expect(dataText(progress)).toBe('1.00 of 4.00 KiB+');
  });

  test('is about so much where it is estimated', () => {
    const progress = madeProgress({ totals_final: false, totals_estimated: true });
    expect(objectsText(progress)).toBe('513 of about 1,204 objects');
    expect(dataText(progress)).toBe('1.00 of about 4.00 KiB');
  });
});

describe('rates and the time left', () => {
  test('are a dash when nothing runs', () => {
    expect(rateText(2048, false)).toBe('–');
    expect(timeLeft(madeJob({ state: 'paused' }))).toBe('–');
  });

  test('are a range, or calculating, never 0', () => {
    expect(rateText(2048, true)).toBe('2.00 KiB/s');
    expect(timeLeft(madeJob())).toBe('43–57 min');
    const progress = madeProgress({ eta_low_seconds: undefined });
    expect(timeLeft(madeJob({ progress }))).toBe('calculating');
  });
});

describe('a job', () => {
  test.each([
    [{ state: 'running' as const }, 'Copy objects'],
    [{ state: 'running' as const, progress: null }, 'Starting'],
    [{ state: 'paused' as const }, 'Paused'],
    [{ state: 'paused' as const, waiting_for: 'confirmation' as const }, 'Waits for confirmation'],
    [{ state: 'interrupted' as const }, 'Interrupted'],
    [{ state: 'done' as const, exit_code: 0, outcome: 'verified' }, 'Completed and verified'],
    [{ state: 'done' as const, exit_code: 0, outcome: 'copied' }, 'Copied'],
    [{ state: 'undone' as const, exit_code: 0 }, 'Undone'],
    [{ state: 'failed-objects' as const, exit_code: 3 }, 'Completed with failures'],
    [{ state: 'mismatch' as const, exit_code: 4 }, 'Verification mismatch'],
    [{ state: 'failed' as const, exit_code: 1 }, 'Failed'],
    [{ state: 'cancelled' as const }, 'Cancelled'],
  ])('%o: %s', (part, text) => expect(standing(madeJob(part)).text).toBe(text));

  test('is called by its buckets', () => {
    expect(jobName(madeJob({ kind: 'migrate' }))).toBe('Migration of here');
  });

  test('may have steps that this page does not know', () => {
    expect(stepLabel('some-new-step')).toBe('Some new step');
  });
});

describe('the command line', () => {
  test('quotes what a shell would take apart', () => {
    expect(shellWord('s3://photos/a')).toBe('s3://photos/a');
    expect(shellWord("it's $(rm)")).toBe("'it'\\''s $(rm)'");
    expect(shellWord('')).toBe("''");
  });

  test('asks for the same as the request', () => {
    const words = commandWords({
      kind: 'copy', source: { uri: 's3://a', role_arn: 'arn:r' },
      destination: { uri: 's3://b', endpoint: 'http://x' }, migrator_role_arn: 'arn:m',
      options: { strict: true, delete: false, exclude: ['*.tmp', 'b c'], 'part-size': '64MiB' },
    });
    expect(shellLine(words)).toBe([
      's3migrator copy s3://a s3://b', '--migrator-role-arn arn:m', '--source-role-arn arn:r',
      '--destination-endpoint-url http://x', '--strict', "--exclude '*.tmp'", "--exclude 'b c'",
      '--part-size 64MiB',
    ].join(' \\\n  '));
  });

  test('of a migration names one bucket', () => {
    const words = commandWords({
      kind: 'migrate', source: { uri: 's3://a' }, destination: { region: 'eu-west-1' }, options: {},
    });
    expect(words).toEqual(['s3migrator', 'migrate', 's3://a', '--destination-region', 'eu-west-1']);
  });

  test('has a brother for the API, in which no quote ends early', () => {
    const line = curlLine('http://h', {
      kind: 'copy', source: { uri: "s3://a/it's" }, destination: {}, options: {},
    });
    expect(line).toContain("it'\\''s");
    expect(line).not.toContain('Bearer');
  });
});

describe('a key', () => {
  test('shows what cannot be seen', () => {
    expect(keyText('a b/\u00e9\u65e5')).toBe('a b/\u00e9\u65e5');
    expect(keyText('\t=1+1')).toBe('\\x09=1+1');
    expect(keyText('a\u202egpj.exe')).toBe('a\\u202egpj.exe');
  });
});
