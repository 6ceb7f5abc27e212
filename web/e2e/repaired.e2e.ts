// Failures of a job in the real server: by cause, taken along, and tried again.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { desktop, hasBrowser, shoot, sound, Visitor } from './browser';
import { hasRunner, World } from './world';

const slow = { timeout: 30_000 };

const refused = (key: string, status: number, code: string) => ({
  operation: 'CopyObject', bucket: 'letters-eu', key, effect: 'error', status, code, count: 0,
});

describe.skipIf(!hasBrowser || !hasRunner)('a job with failures', () => {
  let world: World;
  let visitor: Visitor;
  let page: Page;

  beforeAll(async () => {
    world = await World.start({
      extends: 'article',
      buckets: [{
        name: 'letters', owner: '111111111111', region: 'us-east-1',
        generators: [{ prefix: 'y/', count: 200, min_size: 1, max_size: 999, seed: 1 }],
        objects: [
          { key: 'locked/a', body: 'a' }, { key: 'locked/<b>bold</b>', body: 'b' },
          { key: 'odd/c', body: 'c' },
        ],
      }],
      faults: [
        refused('locked/*', 403, 'AccessDenied'), refused('odd/*', 400, 'InvalidRequest'),
      ],
    });
    const origin = await world.serve();
    const id = await world.begin('copy', 'letters', 'letters-eu');
    visitor = await Visitor.start();
    await visitor.visit(origin, desktop);
    page = await visitor.signIn(world.token);
    await visitor.open(`#/jobs/${id}`);
    await page.getByText('3 objects could not be copied').waitFor(slow);
  });
  afterAll(async () => {
    await visitor?.stop();
    await world?.stop();
  });

  const rows = () => page.getByRole('table').last().locator('tbody tr');

  test('shows them by cause, and each by its key', async () => {
    await page.getByRole('button', { name: 'Show only AccessDenied' }).waitFor(slow);
    await page.getByRole('button', { name: 'Show only InvalidRequest' }).waitFor();
    await page.getByText('locked/<b>bold</b>').first().waitFor();
    // Each was refused when it was copied; that it is missing then is told no second time.
    await expect.poll(() => rows().count()).toBe(3);
    await shoot(page, 'repaired-failures', true);
    await sound(visitor, page);
  });

  test('shows those of one cause, or with a word in them', async () => {
    await page.getByRole('button', { name: 'Show only AccessDenied' }).click();
    await expect.poll(() => rows().count()).toBe(2);
    await page.getByRole('button', { name: 'Show all causes' }).click();
    await page.getByPlaceholder('Find by key, code or message').fill('odd/');
    await expect.poll(() => rows().count()).toBe(1);
    await sound(visitor, page);
    await page.getByPlaceholder('Find by key, code or message').fill('');
    await expect.poll(() => rows().count()).toBe(3);
  });

  test('gives them out as files', async () => {
    for (const name of ['CSV', 'JSON']) {
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name }).or(page.getByRole('link', { name })).first().click(),
      ]);
      const stream = await file.createReadStream();
      let text = '';
      for await (const part of stream) text += String(part);
      expect(text).toContain('locked/a');
      expect(text).toContain('InvalidRequest');
    }
    await sound(visitor, page);
  });

  test('tries one again, and leaves the others as they are', { timeout: 90_000 }, async () => {
    await world.changeCloud('DELETE', 'fault');
    await page.getByRole('button', { name: 'Retry odd/c' }).click();
    await page.getByText('2 objects could not be copied').waitFor(slow);
    await expect.poll(() => rows().count(), slow).toBe(2);
    expect(await page.getByText('odd/c').count()).toBe(0);
    await page.getByText('AccessDenied (403)').first().waitFor();
    await sound(visitor, page);
  });

  test('tries those that are chosen', { timeout: 90_000 }, async () => {
    await page.getByRole('checkbox', { name: 'locked/a' }).check();
    await shoot(page, 'repaired-chosen', true);
    await page.getByRole('button', { name: 'Retry selected (1)' }).click();
    await page.getByText('1 object could not be copied').waitFor(slow);
    await expect.poll(() => rows().count(), slow).toBe(1);
    await page.getByText('locked/<b>bold</b>').first().waitFor();
    await sound(visitor, page);
  });

  test('is run again, and then all is there', { timeout: 90_000 }, async () => {
    await page.getByRole('button', { name: 'Retry all' }).click();
    await page.getByText('Done, and every object verified.').waitFor(slow);
    await page.getByText('No object has failed.').waitFor(slow);
    await shoot(page, 'repaired-done', true);
    await sound(visitor, page);
  });
});
