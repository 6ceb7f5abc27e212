import createWrapper from '@cloudscape-design/components/test-utils/dom';
import { act, cleanup, render, screen, waitFor } from '@testing-library/react';
import type { ReactElement } from 'react';
import { describe, expect, test } from 'vitest';

import { answering, callsTo, Refusal } from '../../tests/fake_api';
import { madeDetail, madeJob, madeProgress } from '../../tests/made';
import type { About, Failure } from '../api/types';
import { App } from '../app';
import { VisitContext, type Visit } from '../state/session';
import { deliver } from '../stream/stream';
import CreatePage, { forgetUnfinished } from './create/create_page';
import JobPage from './job/job_page';
import { JobsPage } from './jobs';
import { SignIn } from './sign_in';

const operator = { session: { role: 'operator' as const, expires_at: '' }, about: undefined };
const viewer = { session: { role: 'viewer' as const, expires_at: '' }, about: undefined };

const show = (page: ReactElement, visit: Visit = operator) =>
  render(<VisitContext.Provider value={visit}>{page}</VisitContext.Provider>);

const listing = (...jobs: ReturnType<typeof madeJob>[]) => ({
  'GET /jobs': () => ({ jobs, next_cursor: null, total: jobs.length }),
});

const about = (part: Partial<About>): About => ({
  program: 's3migrator', version: '1', executor: 'in-process', simulator: false, store: 'sqlite',
  allowed: { endpoints: [], profiles: [], roles: ['*'] }, ...part,
});

const detail = (part: Parameters<typeof madeDetail>[0]) => ({
  'GET /jobs/j1': () => madeDetail(part),
  'GET /jobs/j1/samples': () => ({ points: [] }),
  'GET /jobs/j1/failures': () => ({ failures: [], total: 0 }),
  'GET /jobs/j1/failures/groups': () => ({ groups: [] }),
});

describe('the list of jobs', () => {
  test('shows them, and follows the stream', async () => {
    answering(listing(madeJob(), madeJob({ id: 'j2', state: 'paused', percent: 7 })));
    show(<JobsPage />);
    await screen.findAllByText('here/media to there');
    const table = createWrapper().findTable()!;
    expect(table.findRows()).toHaveLength(2);
    expect(table.findBodyCell(2, 2)!.getElement().textContent).toBe('Paused');
    expect(document.title).toBe('42 % - here/media to there');

    act(() => deliver({
      kind: 'event', name: 'progress', jobId: 'j1', event: madeProgress({ percent: 55, failed: 3 }),
    }));
    expect(table.findBodyCell(1, 5)!.getElement().textContent).toBe('3');
    expect(document.title).toBe('55 % - here/media to there');
  });

  test('is read again when the stream has lost something, and when a job is new', async () => {
    answering(listing(madeJob()));
    show(<JobsPage />);
    await screen.findAllByText('here/media to there');
    act(() => deliver({ kind: 'reset' }));
    await waitFor(() => expect(callsTo('GET /jobs')).toHaveLength(2));
    act(() => deliver({ kind: 'event', name: 'job', jobId: 'new', event: madeJob({ id: 'new' }) }));
    await waitFor(() => expect(callsTo('GET /jobs')).toHaveLength(3), { timeout: 3_000 });
  });

  test('goes back a page when the one it shows begins at a job that is gone', async () => {
    answering({
      'GET /jobs': (_body, query) => query.get('cursor')
        ? new Refusal(400, { code: 'cursor', detail: 'The list has changed.' })
        : { jobs: [madeJob()], next_cursor: 'j1', total: 2 },
    });
    show(<JobsPage />);
    await screen.findAllByText('here/media to there');
    act(() => createWrapper().findPagination()!.findNextPageButton().click());
    await waitFor(() => expect(callsTo('GET /jobs').length).toBeGreaterThan(1));
    await screen.findAllByText('here/media to there');
    expect(screen.queryByText('The list has changed.')).toBeNull();
  });

  test('lets only an operator create', async () => {
    answering(listing());
    show(<JobsPage />, viewer);
    await screen.findByText('No jobs yet');
    expect(screen.queryByText('Create job')).toBeNull();
  });

  test('says why it cannot be shown', async () => {
    answering({ 'GET /jobs': () => new Refusal(500, { detail: 'The store is locked.', request_id: 'r7' }) });
    show(<JobsPage />);
    await screen.findByText('The store is locked. (request r7)');
  });
});

describe('a job', () => {
  test('shows a dash for rates while it is paused, and offers to resume', async () => {
    answering(detail({ state: 'paused', may: { resume: true } as never }));
    show(<JobPage id="j1" tab="failures" />);
    await screen.findByText('Resume');
    const pairs = createWrapper().findKeyValuePairs()!;
    const rate = pairs.findItems().find((item) => item.getElement().textContent?.startsWith('Data rate'));
    expect(rate!.getElement().textContent).toBe('Data rate–');
  });

  test('offers nothing to a viewer', async () => {
    answering(detail({ may: { pause: true, cancel: true } as never }));
    show(<JobPage id="j1" tab="failures" />, viewer);
    await screen.findAllByText('here/media to there');
    expect(screen.queryByText('Pause')).toBeNull();
    expect(screen.queryByText('Actions')).toBeNull();
  });

  test('marks its figures as stale while the connection is lost', async () => {
    answering(detail({}));
    show(<JobPage id="j1" tab="failures" />);
    await screen.findAllByText('here/media to there');
    act(() => deliver({ kind: 'status', status: 'lost', since: 0 }));
    await screen.findByText('Stale: the connection to the server is lost.');
    act(() => deliver({ kind: 'status', status: 'open', since: 0 }));
    expect(screen.queryByText('Stale: the connection to the server is lost.')).toBeNull();
  });

  test('is confirmed only by its whole name, with digest and token', async () => {
    answering({
      ...detail({
        kind: 'migrate', state: 'paused', waiting_for: 'confirmation', may: { confirm: true } as never,
        confirmation: {
          bucket: 'photos', temporary_bucket: 's3m-photos', digest: 'd1', objects: 5, bytes: 9,
          weak: 0, frozen: true, all_versions: false, uploads: '1 unfinished upload', not_carried: 2,
          losses: [{ attribute: 'acl', count: 2, why: 'they are off' }], settings_changed: 0,
          settings_not_carried: 1, settings_lost: ['accelerate: none there'], id: 'q1',
        },
      }),
      'POST /jobs/j1/confirm': () => madeJob(),
    });
    show(<JobPage id="j1" tab="failures" />);
    const review = await screen.findByText('Review and confirm');
    act(() => review.click());
    const modal = createWrapper().findModal()!;
    const told = modal.findContent().getElement().textContent!;
    for (const lost of ['1 unfinished upload', 'acl of 2: they are off', 'accelerate: none there']) {
      expect(told).toContain(lost);
    }
    const inputs = modal.findContent().findAllInputs();
    const confirm = modal.findFooter()!.findAllButtons()[1]!;
    act(() => inputs[0]!.setInputValue('photo'));
    act(() => inputs[1]!.setInputValue('t'));
    expect(confirm.getElement().hasAttribute('disabled')).toBe(true);
    act(() => inputs[0]!.setInputValue('photos'));
    act(() => confirm.click());
    await waitFor(() => expect(callsTo('POST /jobs/j1/confirm')).toHaveLength(1));
    expect(callsTo('POST /jobs/j1/confirm')[0]!.body).toEqual({
      name: 'photos', digest: 'd1', asked: 'q1', token: 't',
    });
  });

  test('adds up what all its runs did', async () => {
    answering(detail({
      state: 'paused',
      earlier_runs: {
        runs: 1, seconds: 3600, copied: 4000, copied_bytes: 0, deleted: 0, requests: 0, retried: 7,
        throttled: 0,
      },
    }));
    show(<JobPage id="j1" tab="failures" />);
    await screen.findAllByText('here/media to there');
    const text = createWrapper().findKeyValuePairs()!.getElement().textContent!;
    for (const figure of ['Elapsed1 h 1 min', 'Copied / skipped4,500 / 13', 'Retries11']) {
      expect(text).toContain(figure);
    }
  });

  test('that has begun to delete its source says what stands, and what an undo costs', async () => {
    answering(detail({
      kind: 'migrate', state: 'paused', regime: 'emptying', message: 'albums is partly emptied',
      may: { resume: true, undo: true } as never,
    }));
    show(<JobPage id="j1" tab="failures" />);
    await screen.findByText(/the temporary bucket is the only whole copy/);
    screen.getByText(/albums is partly emptied/);
    const actions = createWrapper().findButtonDropdown()!;
    act(() => actions.openDropdown());
    act(() => actions.findItemById('undo')!.click());
    await screen.findByText(/Lost are the LastModified and the version ids/);
  });

  test('asks for the token where a click is not enough to go on deleting', async () => {
    answering({
      ...detail({ kind: 'migrate', state: 'paused', regime: 'emptying', may: { resume: true } as never }),
      'POST /jobs/j1/resume': (body) =>
        (body as { token?: string } | undefined)?.token === 't'
          ? madeJob()
          : new Refusal(403, { code: 'token', detail: 'Resume it with the token.' }),
    });
    show(<JobPage id="j1" tab="failures" />);
    const resume = await screen.findByText('Resume');
    act(() => resume.click());
    await screen.findByText('Resume it with the token.');
    const modal = createWrapper().findModal()!;
    const go = modal.findFooter()!.findAllButtons()[1]!;
    expect(go.getElement().hasAttribute('disabled')).toBe(true);
    act(() => modal.findContent().findAllInputs()[2]!.setInputValue('t'));
    act(() => go.click());
    await waitFor(() => expect(callsTo('POST /jobs/j1/resume')).toHaveLength(2));
    expect(callsTo('POST /jobs/j1/resume')[1]!.body).toEqual({ options: {}, token: 't' });
  });

  const failure = (number: number, key: string): Failure => ({
    number, key, time: '', operation: 'CopyObject', bucket: 'there', version: '', code: 'denied',
    service_code: 'AccessDenied', http_status: 403, request_id: '', message: 'no',
  });
  const failed = (may: object) => ({
    ...detail({
      state: 'failed-objects', exit_code: 3, attempt: 2, has_failures: true, may: may as never,
    }),
    'GET /jobs/j1/failures': () => ({ failures: [failure(1, 'a'), failure(7, 'b')], total: 2 }),
    'POST /jobs/j1/retry': () => madeJob(),
  });

  test('has a bar of its own for the verification, beside one that is not full yet', async () => {
    answering(detail({
      percent: 99,
      progress: madeProgress({
        step: 'verify', step_number: 6, step_count: 8, percent: 99, objects_done: 250,
        objects_total: 1000, bytes_done: 1024, bytes_total: 4096, totals_final: true,
      }),
    }));
    show(<JobPage id="j1" tab="failures" />);
    await screen.findByText('Step 6 of 8: Verify every object');
    const bars = createWrapper().findAllProgressBars();
    expect(bars[0]!.getElement().textContent).toContain('99%');
    expect(bars[1]!.getElement().textContent).toContain('25%');
    screen.getByText(/of 4.00 KiB, 250 of 1,000 objects/);
  });

  test('retries the failures that were chosen, or one of them', async () => {
    answering(failed({ retry: true, retry_selected: true }));
    show(<JobPage id="j1" tab="failures" />);
    await screen.findByText('b');
    const table = createWrapper().findAllTables().find((each) => each.findRowSelectionArea(1))!;
    act(() => table.findRowSelectionArea(2)!.click());
    act(() => screen.getByText('Retry selected (1)').click());
    await waitFor(() => expect(callsTo('POST /jobs/j1/retry')).toHaveLength(1));
    expect(callsTo('POST /jobs/j1/retry')[0]!.body).toEqual({ attempt: 2, numbers: [7] });
    act(() => screen.getByLabelText('Retry a').click());
    await waitFor(() => expect(callsTo('POST /jobs/j1/retry')).toHaveLength(2));
    expect(callsTo('POST /jobs/j1/retry')[1]!.body).toEqual({ attempt: 2, numbers: [1] });
  });

  test('offers to retry all of it, and no choice where the job has none', async () => {
    answering(failed({ retry: true, retry_selected: false }));
    show(<JobPage id="j1" tab="failures" />);
    await screen.findByText('Retry all');
    await screen.findByText('b');
    expect(screen.queryByText('Retry selected')).toBeNull();
    expect(screen.queryByLabelText('Retry a')).toBeNull();
  });

  test('shows how the configuration of a bucket has moved', async () => {
    answering({
      ...detail({ kind: 'migrate' }),
      'GET /jobs/j1/configuration': () => ({
        parts: [
          { name: 'policy', state: 'rewritten', source: '{"a":1}', destination: '{"a":2}', note: 'An account.' },
          { name: 'replication', state: 'not-carried', source: '<R/>', destination: null, note: '' },
        ],
      }),
    });
    show(<JobPage id="j1" tab="configuration" />);
    await screen.findByText('Rewritten');
    screen.getByText('Not carried');
    screen.getByText('There is none.');
    expect(screen.getByLabelText('Policy of the new bucket').textContent).toContain('"a": 2');
  });

  test('that asks for another name is gone on with by it, with the token again', async () => {
    answering({
      ...detail({ kind: 'migrate', state: 'failed', may: { resume: true } as never }),
      'POST /jobs/j1/resume': () => madeJob(),
    });
    show(<JobPage id="j1" tab="failures" />);
    await screen.findByText('Actions');
    const actions = createWrapper().findButtonDropdown()!;
    act(() => actions.openDropdown());
    act(() => actions.findItemById('resume-with')!.click());
    const modal = createWrapper().findModal()!;
    const [name, , token] = modal.findContent().findAllInputs();
    const resume = modal.findFooter()!.findAllButtons()[1]!;
    act(() => token!.setInputValue('t'));
    expect(resume.getElement().hasAttribute('disabled')).toBe(true);
    act(() => name!.setInputValue('photos-2'));
    act(() => modal.findContent().findCheckbox()!.findNativeInput().click());
    act(() => resume.click());
    await waitFor(() => expect(callsTo('POST /jobs/j1/resume')).toHaveLength(1));
    expect(callsTo('POST /jobs/j1/resume')[0]!.body).toEqual({
      options: { rename: 'photos-2', 'accept-weak-proof': true }, token: 't',
    });
  });

  test('can be had as a call of the API', async () => {
    answering({
      ...detail({ command: ['s3migrator', 'copy', 's3://here', 's3://there'] }),
      'POST /jobs/j1/clone': () => ({
        kind: 'copy', source: { uri: 's3://here' }, destination: { uri: 's3://there' }, options: {},
      }),
    });
    show(<JobPage id="j1" tab="details" />);
    await screen.findByText('The same job as an API call');
    expect(screen.getByLabelText('API call').textContent).toContain('"uri": "s3://here"');
  });

  test('says that it was deleted by somebody else', async () => {
    answering(detail({}));
    show(<JobPage id="j1" tab="failures" />);
    await screen.findAllByText('here/media to there');
    act(() => deliver({ kind: 'event', name: 'gone', jobId: 'j1', event: undefined }));
    await screen.findByText('This job was deleted from the history');
  });
});

describe('the wizard', () => {
  test('begins with the access of the newest job', async () => {
    answering({
      ...listing(madeJob()),
      'POST /jobs/j1/clone': () => ({
        kind: 'copy', source: { uri: 's3://here', role_arn: 'arn:source', external_id: '7fd1' },
        destination: { uri: 's3://there' }, options: { strict: true },
      }),
    });
    show(<CreatePage clone={undefined} />, { ...operator, about: about({}) });
    await screen.findByText('What should happen');
    const wizard = createWrapper().findWizard()!;
    act(() => wizard.findPrimaryButton().click());
    await screen.findByText(/As in the newest job, j1/);
    expect(screen.getByDisplayValue('7fd1')).toBeTruthy();
    expect(screen.getByDisplayValue('arn:source')).toBeTruthy();
    expect(screen.queryByDisplayValue('s3://here')).toBeNull();
  });

  test('begins empty where there is no job', async () => {
    answering(listing());
    show(<CreatePage clone={undefined} />, { ...operator, about: about({}) });
    await screen.findByText('What should happen');
    expect(callsTo('POST /jobs/j1/clone')).toHaveLength(0);
  });

  test('suggests where to, and keeps what was typed', async () => {
    forgetUnfinished();
    answering(listing());
    show(<CreatePage clone={undefined} />, { ...operator, about: about({}) });
    await screen.findByText('What should happen');
    const next = () => act(() => createWrapper().findWizard()!.findPrimaryButton().click());
    next();
    act(() => createWrapper().findAllInputs()[0]!.setInputValue('photos'));
    next();
    await screen.findByText('Suggested: a new bucket, made if it is not there.');
    expect(screen.getByDisplayValue('s3://photos-copy')).toBeTruthy();

    // The browser's Back and Forward, or a session that ended.
    cleanup();
    show(<CreatePage clone={undefined} />, { ...operator, about: about({}) });
    expect(await screen.findByDisplayValue('s3://photos-copy')).toBeTruthy();
    act(() => createWrapper().findWizard()!.findCancelButton()!.click());
    cleanup();
    show(<CreatePage clone={undefined} />, { ...operator, about: about({}) });
    await screen.findByText('What should happen');
  });
});

describe('signing in', () => {
  async function submit(token: string) {
    const wrapper = createWrapper();
    act(() => wrapper.findInput()!.setInputValue(token));
    const form = document.querySelector('form')!;
    act(() => void form.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true })));
  }

  test('says how long to wait after too many attempts', async () => {
    answering({ 'POST /session': () => new Refusal(429, { detail: 'no' }, { 'retry-after': '30' }) });
    render(<SignIn onSignedIn={() => {}} />);
    await submit('x');
    await screen.findByText('Too many attempts. Try again in 30 s.');
  });

  test('is what a stranger sees first', async () => {
    answering({ 'GET /session': () => new Refusal(401, { detail: 'Sign in first.' }) });
    render(<App />);
    await screen.findByText('Sign in', { selector: 'h2 *' });
    expect(screen.queryByText('Your session has ended')).toBeNull();
  });

  test('says why it is asked for again, and is enough for all tabs', async () => {
    answering({
      'GET /session': () => ({ role: 'operator', expires_at: null }),
      'GET /about': () => about({}),
      ...listing(),
    });
    render(<App />);
    await screen.findByText('No jobs yet');
    answering({ 'GET /jobs': () => new Refusal(401, { code: 'token', detail: 'Sign in first.' }) });
    act(() => deliver({ kind: 'reset' }));
    await screen.findByText('Your session has ended');
    answering(listing());
    const other = new BroadcastChannel('s3migrator-session');
    other.postMessage('signed-in');
    await screen.findByText('No jobs yet', undefined, { timeout: 5_000 });
    other.close();
  });
});
