// The page on the real `s3migrator serve`, before the simulator.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { desktop, hasBrowser, phone, shoot, sound, Visitor } from './browser';
import { hasServer, World } from './world';

const slow = { timeout: 20_000 };

describe.skipIf(!hasBrowser || !hasServer)('the real server', () => {
  let world: World;
  let visitor: Visitor;
  let origin: string;

  beforeAll(async () => {
    world = await World.start({
      extends: 'article',
      buckets: [
        {
          name: 'photos', owner: '111111111111', region: 'us-east-1',
          generators: [{ prefix: 'y/', count: 300, min_size: 1, max_size: '1MiB', seed: 1 }],
          objects: [{ key: '<img src=x onerror=alert(1)>', body: 'x' }],
        },
        { name: 'photos-eu', owner: '222222222222', region: 'us-east-1' },
        {
          name: 'films', owner: '111111111111', region: 'us-east-1',
          generators: [{ prefix: 'f/', count: 800, min_size: 1, max_size: '1MiB', seed: 2 }],
        },
        { name: 'films-eu', owner: '222222222222', region: 'us-east-1' },
      ],
      faults: [{
        operation: 'CopyObject', key: '<img*', effect: 'error', status: 403, code: 'AccessDenied',
      }],
    });
    expect(await world.run('copy', 's3://photos', 's3://photos-eu', ...world.sides)).toBe(3);
    origin = await world.serve();
    visitor = await Visitor.start();
  });

  afterAll(async () => {
    await visitor?.stop();
    await world?.stop();
  });

  test('lets in whoever has the token, and shows the jobs', async () => {
    await visitor.visit(origin, desktop);
    const page = await visitor.signIn(world.token);
    await page.getByRole('link', { name: 'photos to photos-eu' }).waitFor();
    await page.getByText('Completed with failures').waitFor();
    await shoot(page, 'real-jobs');
    await sound(visitor, page);
  });

  test('shows a job with its steps, failures by cause, log and configuration', async () => {
    await visitor.visit(origin, desktop);
    const page = await visitor.signIn(world.token);
    await page.getByRole('link', { name: 'photos to photos-eu' }).click();
    await page.getByText('Verify every object').first().waitFor();
    await page.getByRole('button', { name: 'Show only AccessDenied' }).waitFor();
    await page.getByText('<img src=x onerror=alert(1)>').first().waitFor();
    await shoot(page, 'real-job', true);
    await sound(visitor, page);
    await page.getByRole('tab', { name: 'Log' }).click();
    await page.getByText('Check access to both sides', { exact: false }).first().waitFor();
    await sound(visitor, page);
    await page.getByRole('tab', { name: 'Job details' }).click();
    await page.getByText('if exists').waitFor();
    await sound(visitor, page);
  });

  test('shows what runs as it runs, pauses it and goes on', { timeout: 120_000 }, async () => {
    const words = ['copy', 's3://films', 's3://films-eu', ...world.sides];
    const gone = world.run(...words, '--max-requests-per-second', '40');
    await visitor.visit(origin, desktop);
    const page = await visitor.signIn(world.token);
    await page.getByRole('link', { name: 'films to films-eu' }).click(slow);
    const percent = async () => Number.parseInt(await page.title(), 10);
    await expect.poll(percent, slow).toBeGreaterThan(5);
    const before = await percent();
    await expect.poll(percent, slow).toBeGreaterThan(before);
    await page.getByText(/ of .*800/).first().waitFor();
    await page.getByText('Grant access').waitFor();
    await shoot(page, 'real-running');
    await sound(visitor, page);

    await page.getByRole('button', { name: 'Pause' }).click();
    expect(await gone).toBe(130);
    await page.getByText('Paused').first().waitFor();
    const id = /jobs\/([^/]+)/.exec(page.url())![1]!;
    expect(await world.run('jobs', 'resume', id)).toBe(0);
    await page.getByText('Done, and every object verified.').waitFor();
    expect(await percent()).toBe(100);
    await sound(visitor, page);
  });

  test('fits a phone', async () => {
    await visitor.visit(origin, phone);
    const page = await visitor.signIn(world.token);
    await page.getByRole('link', { name: 'photos to photos-eu' }).click();
    await page.getByText('Verify every object').first().waitFor();
    await shoot(page, 'real-phone', true);
    await sound(visitor, page);
  });

  test('may be started anew: the page says so, and recovers', async () => {
    await visitor.visit(origin, desktop);
    const page = await visitor.signIn(world.token);
    visitor.expected.push(/console: .*ERR_|console: Failed to load resource/);
    await world.stopServing();
    await page.getByText('Connection to the server lost').waitFor(slow);
    await world.serve();
    // Sessions live in the server: the page asks for the token once more.
    await page.getByLabel('Token').fill(world.token, { timeout: 60_000 });
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('link', { name: 'photos to photos-eu' }).waitFor();
    await page.getByText('Connection to the server lost').waitFor({ state: 'detached' });
    await sound(visitor, page);
  });
});
