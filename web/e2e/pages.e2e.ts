// The page in every state, on made-up jobs.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { desktop, hasBrowser, phone, shoot, sound, Visitor, type Look } from './browser';
import { FakeServer, token } from './fake-server/server.mjs';

let server: InstanceType<typeof FakeServer>;
let visitor: Visitor;

beforeAll(async () => {
  if (hasBrowser) visitor = await Visitor.start();
});
afterAll(() => visitor?.stop());
afterEach(() => server?.stop());

async function arrive(look: Look) {
  server = new FakeServer({ still: true });
  await visitor.visit(await server.start(), look);
}

async function enter(look: Look) {
  await arrive(look);
  return visitor.signIn(token);
}

const slow = { timeout: 20_000 };

const looks: [string, Look][] = [
  ['desktop-light', desktop],
  ['desktop-dark', { ...desktop, dark: true }],
  ['phone-light', phone],
  ['phone-dark', { ...phone, dark: true }],
];

const ready: [string, string, string][] = [
  ['jobs', '#/jobs', 'Migration of photos'],
  ['job', '#/jobs/20261122-7f3a91', 'original-upload-1.parquet'],
  ['job-log', '#/jobs/20261122-7f3a91/log', '3,500 requests a second'],
  ['job-configuration', '#/jobs/20261122-7f3a91/details', 'The same job as a command line'],
  ['job-diff', '#/jobs/20261121-c0ffee/configuration', 'Not carried'],
  ['job-waiting', '#/jobs/20261121-c0ffee', 'Waits for your confirmation'],
  ['job-report', '#/jobs/20261119-5ca1ab/report', 'Verified, strong proof'],
  ['job-failed', '#/jobs/20261117-dec0de', 'The job ended'],
  ['settings', '#/settings', 'Appearance'],
  ['create', '#/create', 'What should happen'],
];

describe.skipIf(!hasBrowser)('every page', () => {
  test.each(looks)('is sound on %s', { timeout: 180_000 }, async (name, look) => {
    const page = await enter(look);
    for (const [place, path, text] of ready) {
      await visitor.open(path);
      await page.getByText(text).first().waitFor();
      await shoot(page, `${place}-${name}`, true);
      await sound(visitor, page);
    }
  });
});

describe.skipIf(!hasBrowser)('signing in', () => {
  test('refuses a wrong token, in words', async () => {
    await arrive(desktop);
    visitor.expected.push(/console: Failed to load resource.*401/);
    const page = await visitor.open('');
    await page.getByLabel('Token').fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('This is not the token.').waitFor();
    await shoot(page, 'sign-in');
    await sound(visitor, page);
  });

  test('is asked for again in a tab whose session another one has ended', async () => {
    const page = await enter(desktop);
    visitor.expected.push(/console: .*ERR_|console: Failed to load resource/);
    await visitor.context.clearCookies();
    server.dropStreams();
    await page.getByLabel('Token').fill(token);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Migration of photos').first().waitFor();
    await page.getByText('Connection to the server lost').waitFor({ state: 'detached' });
  });

  test('is asked for again when the session has ended', async () => {
    const page = await enter(desktop);
    await visitor.context.clearCookies();
    await page.getByRole('link', { name: 'prod-assets-us/media to prod-assets-eu/media' }).click();
    await page.getByLabel('Token').waitFor();
  });
});

describe.skipIf(!hasBrowser)('a keyboard', () => {
  test('is enough to sign in and to open a job', async () => {
    await arrive(desktop);
    visitor.expected.push(/console: Failed to load resource.*401/);
    const page = await visitor.open('');
    await page.getByLabel('Token').waitFor();
    await page.keyboard.type(token);
    await page.keyboard.press('Enter');
    const link = page.getByRole('link', { name: 'Migration of photos' });
    await link.waitFor();
    await link.focus();
    await page.keyboard.press('Enter');
    await page.getByText('Waits for your confirmation').first().waitFor();
  });
});

describe.skipIf(!hasBrowser)('the wizard', () => {
  test('leads to a job', async () => {
    const page = await enter(desktop);
    await page.getByRole('link', { name: 'Create job' }).first().click();
    const next = page.getByRole('button', { name: 'Next' });
    await next.click();
    await next.click();
    await page.getByText('Enter a bucket.').waitFor();
    await sound(visitor, page);

    await page.getByRole('button', { name: 'Browse S3' }).click();
    await page.getByRole('button', { name: 'photos' }).waitFor();
    await sound(visitor, page);
    await page.getByRole('button', { name: 'photos' }).click();
    await page.getByRole('button', { name: 'Choose this bucket' }).click();
    await next.click();
    await page.getByPlaceholder('s3://photos/2026/').fill('photos-eu/2026');
    await next.click();
    await page.getByText('How copies are written').click();
    await sound(visitor, page);
    await next.click();

    await page.getByRole('button', { name: 'Test access', exact: true }).click();
    await page.getByText('Missing').first().waitFor();
    await page.getByRole('button', { name: 'Copy policy for the source' }).waitFor();
    await shoot(page, 'wizard-access', true);
    await sound(visitor, page);
    await next.click();
    await page.getByText('s3migrator copy s3://photos s3://photos-eu/2026').waitFor();
    await page.getByText('Transfer between regions').waitFor();
    await page.getByText('List prices, without volume tiers.').waitFor();
    await shoot(page, 'wizard-review', true);
    await sound(visitor, page);

    await page.getByRole('button', { name: 'Start the copy' }).click();
    await page.getByText('The whole job', { exact: true }).waitFor();
    const made = server.requests.find((each) => each.method === 'POST' && each.path === '/jobs');
    expect(made?.body).toMatchObject({
      kind: 'copy', source: { uri: 's3://photos' }, destination: { uri: 's3://photos-eu/2026' },
    });
  });

  test('asks a migration for one bucket, on a phone', async () => {
    const page = await enter(phone);
    await visitor.open('#/create');
    await page.getByRole('radio', { name: /^Migration/ }).click();
    const next = page.getByRole('button', { name: 'Next' });
    await next.click();
    await page.getByPlaceholder('s3://photos', { exact: true }).fill('photos/2026');
    await next.click();
    await page.getByText('A migration moves a whole bucket: leave out the prefix.').waitFor();
    await page.getByPlaceholder('s3://photos', { exact: true }).fill('photos');
    await next.click();
    await page.getByLabel('Region').fill('eu-central-1');
    await sound(visitor, page);
    await next.click();
    await page.getByText('Freeze and deletion').waitFor();
    await sound(visitor, page);
    await next.click();
    await page.getByRole('button', { name: 'Test access', exact: true }).click();
    await page.getByText('1 permission missing').waitFor();
    await sound(visitor, page);
    await next.click();
    await page.getByText('s3migrator migrate s3://photos').waitFor();
    await sound(visitor, page);
    await page.getByRole('button', { name: 'Start the migration' }).click();
    await page.getByText('The whole job', { exact: true }).waitFor();
    const made = server.requests.find((each) => each.method === 'POST' && each.path === '/jobs');
    expect(made?.body).toEqual({
      kind: 'migrate', options: {},
      source: {
        uri: 's3://photos', role_arn: 'arn:aws:iam::111122223333:role/S3Migrator',
        external_id: '7fd1',
      },
      destination: {
        region: 'eu-central-1', role_arn: 'arn:aws:iam::444455556666:role/S3Migrator',
      },
    });
  });

  test('goes back to the field that the server does not take', async () => {
    const page = await enter(desktop);
    visitor.expected.push(/console: Failed to load resource.*422/);
    await visitor.open('#/create?clone=20261122-7f3a91');
    const next = page.getByRole('button', { name: 'Next' });
    for (let step = 0; step < 3; step += 1) await next.click();
    await page.getByText('How copies are written').click();
    await page.getByLabel('Size of the parts').fill('nonsense');
    await next.click();
    await next.click();
    await page.getByRole('button', { name: 'Start the copy' }).click();
    await page.getByText('"nonsense" is no size').first().waitFor();
    await sound(visitor, page);
  });
});

describe.skipIf(!hasBrowser)('a job', () => {
  test('is confirmed by name, digest and token', async () => {
    const page = await enter(desktop);
    await visitor.open('#/jobs/20261121-c0ffee');
    await page.getByRole('button', { name: 'Review and confirm' }).click();
    const confirm = page.getByRole('button', { name: 'Delete source and go on' });
    await page.getByLabel('Name of the bucket').fill('photo');
    await page.getByRole('dialog').getByLabel('Token').fill(token);
    expect(await confirm.isDisabled()).toBe(true);
    await page.getByLabel('Name of the bucket').fill('photos');
    for (const lost of ['unfinished multipart upload', 'acl of 3', 'the target region has none'])
      await page.getByRole('dialog').getByText(lost).first().waitFor();
    await shoot(page, 'confirmation');
    await sound(visitor, page);
    await confirm.click();
    await page.getByText('Waits for your confirmation').waitFor({ state: 'detached' });
    const sent = server.requests.find((each) => each.path.endsWith('/confirm'));
    expect(sent?.body).toMatchObject({ name: 'photos', digest: expect.stringMatching(/^6b1f/) });
  });

  test('that asks for more is gone on with by options', async () => {
    const page = await enter(phone);
    await visitor.open('#/jobs/20261121-c0ffee');
    await page.getByRole('button', { name: 'Actions' }).click();
    await page.getByRole('menuitem', { name: 'Resume with options' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Another name for the bucket').fill('photos-2');
    await dialog.getByLabel('Token').fill(token);
    await sound(visitor, page);
    await page.getByRole('button', { name: 'Resume with them' }).click();
    await dialog.waitFor({ state: 'detached' });
    const sent = server.requests.find((each) => each.path.endsWith('/resume'));
    expect(sent?.body).toEqual({ options: { rename: 'photos-2' }, token });
  });

  test('pauses, goes on and is filtered by cause', async () => {
    const page = await enter(desktop);
    await visitor.open('#/jobs/20261122-7f3a91');
    await expect.poll(() => page.title(), slow).toBe('42 % - prod-assets-us/media to prod-assets-eu/media');
    await page.getByRole('button', { name: 'Show only SlowDown' }).click();
    await page.getByText('original-upload-0.parquet').first().waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await sound(visitor, page);
  });

  test('shows a script in a key as text', async () => {
    const page = await enter(desktop);
    await visitor.open('#/jobs/20261122-7f3a91');
    await page.getByText('media/<script>alert(1)</script>.html').first().waitFor();
    await sound(visitor, page);
  });

  test('says when the connection is lost, and when it is back', async () => {
    const page = await enter(desktop);
    visitor.expected.push(/console: .*ERR_|console: Failed to load resource/);
    await visitor.open('#/jobs/20261122-7f3a91');
    await page.getByText('The whole job', { exact: true }).waitFor();
    server.down = true;
    server.dropStreams();
    await page.getByText('Connection to the server lost').waitFor();
    await page.getByText('Stale: the connection to the server is lost.').waitFor();
    await shoot(page, 'connection-lost');
    await sound(visitor, page);
    server.down = false;
    await page.getByText('Connection to the server lost').waitFor({ state: 'detached', timeout: 40_000 });
  });

  test('can be followed in eight tabs with one stream', async () => {
    const first = await enter(desktop);
    await first.getByText('Migration of photos').first().waitFor();
    const tabs = await Promise.all(Array.from({ length: 7 }, () => visitor.context.newPage()));
    const address = first.url().split('#')[0];
    for (const tab of tabs) {
      await tab.goto(`${address}#/jobs/20261122-7f3a91`);
      await tab.getByText('The whole job', { exact: true }).waitFor();
    }
    expect(server.streams.size).toBe(1);
    server.changed(server.jobs[0]!, { percent: 77 });
    for (const tab of tabs) await expect.poll(() => tab.title(), slow).toMatch(/^77 % - /);
  });
});
