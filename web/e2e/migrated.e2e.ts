// A migration in the real server, from its beginning over the confirmation to its report.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { desktop, hasBrowser, phone, picture, shoot, sound, Visitor } from './browser';
import { hasRunner, World } from './world';

const slow = { timeout: 60_000 };

const policy = {
  Version: '2012-10-17',
  Statement: [{
    Sid: 'Readers', Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111111111111:root' },
    Action: 's3:GetObject', Resource: 'arn:aws:s3:::albums/*',
  }],
};

describe.skipIf(!hasBrowser || !hasRunner)('a migration', () => {
  let world: World;
  let visitor: Visitor;
  let page: Page;
  let origin: string;

  beforeAll(async () => {
    world = await World.start({
      extends: 'article',
      buckets: [{
        name: 'albums', owner: '111111111111', region: 'us-east-1', policy, versioning: 'Enabled',
        tags: { team: 'albums' },
        generators: [{ prefix: 'y/', count: 300, min_size: 1, max_size: '1MiB', seed: 1 }],
      }],
      switches: { name_release_ms: 3000 },
    });
    origin = await world.serve();
    visitor = await Visitor.start();
    await visitor.visit(origin, desktop);
    page = await visitor.signIn(world.token);
  });
  afterAll(async () => {
    await visitor?.stop();
    await world?.stop();
  });

  test('copies, proves, and waits for a confirmation', { timeout: 120_000 }, async () => {
    await page.getByRole('link', { name: 'Create job' }).first().click();
    await page.getByRole('radio', { name: /^Migration/ }).click();
    const next = page.getByRole('button', { name: 'Next' });
    await next.click();
    const access = world.access;
    await page.getByPlaceholder('s3://photos', { exact: true }).fill('albums');
    await page.getByLabel('Role ARN', { exact: true }).fill(access.source.role_arn);
    await page.getByLabel('External id').fill(access.source.external_id);
    await page.getByLabel('Migrator role ARN').fill(world.access.migrator_role_arn);
    await next.click();
    await page.getByLabel('Role ARN', { exact: true }).fill(access.destination.role_arn);
    await page.getByLabel('External id').fill(access.destination.external_id);
    await page.getByLabel('Region').fill('eu-central-1');
    for (let step = 0; step < 3; step += 1) await next.click();
    await page.getByText('s3migrator migrate s3://albums').waitFor();
    await sound(visitor, page);
    await page.getByRole('button', { name: 'Start the migration' }).click();
    await page.getByRole('heading', { name: 'Migration of albums' }).waitFor(slow);
    await page.getByRole('button', { name: 'Review and confirm' }).waitFor(slow);
    await expect.poll(() => page.title()).toBe('49 % - Migration of albums');
    await shoot(page, 'migrated-waiting', true);
    await sound(visitor, page);
  });

  test('is confirmed by name and token, and by no other', async () => {
    visitor.expected.push(/console: Failed to load resource.*40[39]/);
    await page.getByRole('button', { name: 'Review and confirm' }).click();
    const dialog = page.getByRole('dialog');
    const confirm = page.getByRole('button', { name: 'Delete source and go on' });
    await dialog.getByLabel('Name of the bucket').fill('album');
    await dialog.getByLabel('Token').fill('not-the-token-of-this-server');
    expect(await confirm.isDisabled()).toBe(true);
    await dialog.getByLabel('Name of the bucket').fill('albums');
    await picture(page, 'confirmation', { width: 1120, height: 900 });
    await sound(visitor, page);
    await confirm.click();
    await dialog.getByText(/token/i).last().waitFor();
    await sound(visitor, page);
    await dialog.getByLabel('Token').fill(world.token);
    await confirm.click();
    await page.getByText('Waits for your confirmation').waitFor({ state: 'detached', ...slow });
  });

  test('ends with the bucket in its new place, and a report', { timeout: 120_000 }, async () => {
    await page.getByText('Done, and every object verified.').waitFor({ timeout: 90_000 });
    await expect.poll(() => page.title()).toBe('100 % - Migration of albums');
    await page.getByRole('tab', { name: 'Report' }).click();
    await page.getByText('Verified, strong proof').waitFor(slow);
    await shoot(page, 'migrated-report', true);
    await sound(visitor, page);
    await page.getByRole('tab', { name: 'Configuration diff' }).click();
    await page.getByText('Configuration of the bucket').waitFor(slow);
    await page.getByText('Policy of the new bucket').first().waitFor();
    await shoot(page, 'migrated-configuration', true);
    const parts = page.getByText('Configuration of the bucket');
    await picture(page, 'configuration', { width: 1120, height: 900 }, parts);
    await sound(visitor, page);
    await page.getByRole('tab', { name: 'Log' }).click();
    await page.getByText(/In the console: confirm/).first().waitFor();
    await page.getByRole('link', { name: 'Log of the step: Empty the source' }).click();
    await page.getByText(/300 versions and delete markers deleted/).last().waitFor();
    await sound(visitor, page);
  });

  test('fits a phone', async () => {
    const address = page.url();
    await visitor.visit(origin, phone);
    const there = await visitor.signIn(world.token);
    await there.goto(address);
    await there.getByText('Done, and every object verified.').waitFor(slow);
    await shoot(there, 'migrated-phone', true);
    await sound(visitor, there);
  });
});

interface Detail {
  state: string;
  message: string;
  confirmation: { bucket: string; digest: string; id: string } | null;
}

describe.skipIf(!hasBrowser || !hasRunner)('a migration whose name is taken', () => {
  let world: World;
  let visitor: Visitor;

  beforeAll(async () => {
    world = await World.start({
      extends: 'article',
      accounts: [{ id: '444444444444' }],
      buckets: [{
        name: 'letters', owner: '111111111111', region: 'us-east-1',
        generators: [{ prefix: 'y/', count: 20, min_size: 1, max_size: 999, seed: 1 }],
      }],
      thieves: [{ bucket: 'letters', account: '444444444444' }],
      switches: { name_release_ms: 500 },
    });
    visitor = await Visitor.start();
  });
  afterAll(async () => {
    await visitor?.stop();
    await world?.stop();
  });

  test('asks for another, and goes on with it', { timeout: 180_000 }, async () => {
    const origin = await world.serve();
    const id = await world.begin('migrate', 'letters', '');
    const job = () => world.ask<Detail>('GET', `/jobs/${id}`);
    await expect.poll(async () => (await job()).confirmation?.bucket, slow).toBe('letters');
    const { digest, id: asked } = (await job()).confirmation!;
    const given = { name: 'letters', digest, asked, token: world.token };
    await world.ask('POST', `/jobs/${id}/confirm`, given);
    await expect.poll(async () => (await job()).message, slow).toContain('--rename');

    await visitor.visit(origin, desktop);
    const page = await visitor.signIn(world.token);
    await visitor.open(`#/jobs/${id}`);
    await page.getByText('--rename').first().waitFor();
    await shoot(page, 'migrated-taken', true);
    await sound(visitor, page);
    await page.getByRole('button', { name: 'Actions' }).click();
    await page.getByRole('menuitem', { name: 'Resume with options' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Another name for the bucket').fill('letters-anew');
    await dialog.getByLabel('Token').fill(world.token);
    await sound(visitor, page);
    await page.getByRole('button', { name: 'Resume with them' }).click();
    await page.getByText('Done, and every object verified.').waitFor(slow);
    await sound(visitor, page);
  });
});
