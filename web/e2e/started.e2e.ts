// Jobs that are begun from the page, in the real server before the simulator.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { desktop, hasBrowser, phone, picture, shoot, sound, Visitor } from './browser';
import { hasRunner, World } from './world';

const slow = { timeout: 30_000 };
const source = '111111111111';
const narrow = `arn:aws:iam::${source}:role/s3m-source-narrow`;

const photos = (name: string, count: number) => ({
  name, owner: source, region: 'us-east-1',
  generators: [{ prefix: 'y/', count, min_size: 1, max_size: '1MiB', seed: 1 }],
});

describe.skipIf(!hasBrowser || !hasRunner)('a job that is begun from the page', () => {
  let world: World;
  let visitor: Visitor;
  let origin: string;

  beforeAll(async () => {
    world = await World.start({
      extends: 'article',
      buckets: [photos('films', 2_400)],
      accounts: [{
        id: source, roles: [{
          name: 's3m-source-narrow', trusted: ['333333333333'],
          policies: [{ Statement: {
            Effect: 'Allow', Action: ['s3:ListBucket', 's3:GetBucketLocation'], Resource: '*',
          } }],
        }],
      }],
    });
    origin = await world.serve();
    visitor = await Visitor.start();
  });
  afterAll(async () => {
    await visitor?.stop();
    await world?.stop();
  });

  const percent = async (page: Page) => Number.parseInt(await page.title(), 10);

  async function signInAgain(page: Page) {
    await page.getByLabel('Token').fill(world.token, { timeout: 60_000 });
    await page.getByRole('button', { name: 'Sign in' }).click();
  }

  async function fillSide(page: Page, bucket: string, side: 'source' | 'destination') {
    const { role_arn, external_id } = world.access[side];
    await page.getByPlaceholder('s3://photos/2026/').fill(bucket);
    await page.getByLabel('Role ARN', { exact: true }).fill(role_arn);
    await page.getByLabel('External id').fill(external_id);
  }

  test('is made in the wizard, its access tested', { timeout: 120_000 }, async () => {
    await visitor.visit(origin, desktop);
    const page = await visitor.signIn(world.token);
    await page.getByText('No jobs yet').waitFor();
    await sound(visitor, page);
    await page.getByRole('link', { name: 'Create job' }).first().click();
    const next = page.getByRole('button', { name: 'Next' });
    await next.click();
    await fillSide(page, 'films', 'source');
    await page.getByLabel('Role ARN', { exact: true }).fill(narrow);
    await page.getByLabel('External id').fill('');
    await page.getByLabel('Migrator role ARN').fill(world.access.migrator_role_arn);
    await next.click();
    await fillSide(page, '', 'destination');
    await page.getByPlaceholder('s3://photos/2026/').click();
    await page.getByText('A new bucket, made if it is not there').first().click();
    await sound(visitor, page);
    await next.click();
    await page.getByText('Access and speed').click();
    await page.getByLabel('Requests a second, at most').fill('40');
    await sound(visitor, page);
    await next.click();

    const test = page.getByRole('button', { name: 'Test access', exact: true });
    await test.click();
    await page.getByText('Missing').first().waitFor(slow);
    await page.getByText("Add this to the policies of the source's identity").waitFor();
    await page.getByLabel('policy for the source').getByText('s3:GetObject').first().waitFor();
    await shoot(page, 'started-access', true);
    await picture(page, 'access', { width: 1120, height: 1000 });
    await sound(visitor, page);
    await page.getByRole('button', { name: 'Source' }).first().click();
    await fillSide(page, 's3://films', 'source');
    for (let step = 0; step < 3; step += 1) await next.click();
    await test.click();
    await page.getByText(/Nothing was denied; \d+ of \d+ permissions cannot be tried/).waitFor(slow);
    await sound(visitor, page);
    await next.click();

    await page.getByText('What it would do').waitFor();
    await page.getByText('2,400 objects', { exact: false }).first().waitFor();
    await page.getByText('Cost and time in detail').waitFor();
    await page.getByText('Prices are known of AWS alone.').waitFor();
    await page.getByText('s3migrator copy s3://films s3://films-copy').waitFor();
    await shoot(page, 'started-review', true);
    await sound(visitor, page);
    await page.getByRole('button', { name: 'Start the copy' }).click();
    await page.getByRole('heading', { name: 'films to films-copy' }).waitFor(slow);
    await page.getByText('Copy objects').first().waitFor(slow);
  });

  test('is followed in eight tabs, in the dark and on a phone', { timeout: 120_000 }, async () => {
    await visitor.visit(origin, { ...desktop, dark: true });
    const page = await visitor.signIn(world.token);
    await page.getByRole('link', { name: 'films to films-copy' }).click();
    await expect.poll(() => percent(page), slow).toBeGreaterThan(6);
    await page.getByLabel('GiB per second over time').or(page.getByLabel('MiB per second over time'))
      .first().waitFor(slow);
    await shoot(page, 'started-running-dark', true);
    await sound(visitor, page);

    const tabs = await Promise.all(
      Array.from({ length: 7 }, () => visitor.context.newPage()),
    );
    for (const tab of tabs) {
      await tab.goto(page.url());
      await tab.getByText('The whole job', { exact: true }).waitFor(slow);
    }
    const before = await Promise.all(tabs.map(percent));
    for (const [at, tab] of tabs.entries()) {
      await expect.poll(() => percent(tab), slow).toBeGreaterThan(before[at]!);
    }
    await tabs[0]!.setViewportSize({ width: phone.width, height: phone.height });
    await shoot(tabs[0]!, 'started-running-phone', true);
    await picture(tabs[0]!, 'phone', phone);
    await sound(visitor, tabs[0]!);
    await Promise.all(tabs.map((tab) => tab.close()));
  });

  test('is paused and goes on', { timeout: 90_000 }, async () => {
    await visitor.visit(origin, desktop);
    const page = await visitor.signIn(world.token);
    await page.getByRole('link', { name: 'films to films-copy' }).click();
    await page.getByRole('button', { name: 'Pause' }).click(slow);
    await page.getByText('Paused').first().waitFor(slow);
    const before = await percent(page);
    await sound(visitor, page);
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByText('Attempt 2, resumed from: Copy objects.').waitFor(slow);
    expect(await percent(page)).toBeGreaterThanOrEqual(before);
    await sound(visitor, page);
  });

  test('outlives the server', { timeout: 180_000 }, async () => {
    await visitor.visit(origin, desktop);
    const page = await visitor.signIn(world.token);
    await page.getByRole('link', { name: 'films to films-copy' }).click();
    await page.getByText('The whole job', { exact: true }).waitFor(slow);
    await expect.poll(() => percent(page), slow).toBeGreaterThan(6);
    const before = await percent(page);
    visitor.expected.push(/console: .*ERR_|console: Failed to load resource/);
    await world.stopServing();
    await page.getByText('Connection to the server lost').waitFor(slow);
    await page.getByText('Stale: the connection to the server is lost.').waitFor();
    await shoot(page, 'started-lost');
    await sound(visitor, page);

    await world.serve();
    await signInAgain(page);
    await page.getByText('Connection to the server lost').waitFor({ state: 'detached' });
    await page.getByText('Attempt 3, resumed from: Copy objects.').waitFor(slow);
    expect(await percent(page)).toBeGreaterThanOrEqual(before);
    await page.getByRole('button', { name: 'Actions' }).click();
    await page.getByRole('menuitem', { name: 'Change limits' }).click();
    const rate = page.getByRole('dialog').getByLabel('Requests a second, at most');
    expect(await rate.inputValue()).toBe('40');
    await rate.fill('');
    await sound(visitor, page);
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByText('The new limits hold from now on.').waitFor();
    await page.getByText('Done, and every object verified.').waitFor({ timeout: 120_000 });
    expect(await percent(page)).toBe(100);
    await page.getByRole('tab', { name: 'Report' }).click();
    await page.getByText('Verified, strong proof').waitFor();
    await shoot(page, 'started-report', true);
    await sound(visitor, page);
  });

  test('is the pattern of another', async () => {
    await visitor.visit(origin, desktop);
    const page = await visitor.signIn(world.token);
    await page.getByRole('link', { name: 'films to films-copy' }).click();
    await page.getByRole('tab', { name: 'Job details' }).click();
    await page.getByText('The same job as an API call').waitFor();
    await sound(visitor, page);
    await page.getByRole('button', { name: 'Actions' }).click();
    await page.getByRole('menuitem', { name: 'Create a job like this' }).click();
    await page.getByRole('button', { name: 'Next' }).click();
    await expect.poll(() => page.getByPlaceholder('s3://photos/2026/').inputValue())
      .toBe('s3://films');
    await sound(visitor, page);
  });
});
