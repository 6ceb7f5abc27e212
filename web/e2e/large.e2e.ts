// One large object, copied in parts by the real server: what is done of it is seen before it is there.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { desktop, hasBrowser, shoot, sound, Visitor } from './browser';
import { hasRunner, World } from './world';

const slow = { timeout: 30_000 };

describe.skipIf(!hasBrowser || !hasRunner)('a large object', () => {
  let world: World;
  let visitor: Visitor;

  beforeAll(async () => {
    world = await World.start({
      extends: 'article',
      buckets: [{
        name: 'reels', owner: '111111111111', region: 'us-east-1',
        objects: [{ key: 'master.mov', size: '8GiB' }],
      }],
    });
    visitor = await Visitor.start();
  });
  afterAll(async () => {
    await visitor?.stop();
    await world?.stop();
  });

  test('is seen to be copied part by part', { timeout: 120_000 }, async () => {
    const origin = await world.serve();
    const latency = { operation: 'UploadPartCopy', fixed_us: 400_000 };
    await world.changeCloud('POST', 'latency', { latencies: [latency] });
    const id = await world.begin('copy', 'reels', 'reels-eu', {
      'part-size': '64MiB', concurrency: '4',
    });
    await visitor.visit(origin, desktop);
    const page = await visitor.signIn(world.token);
    await visitor.open(`#/jobs/${id}`);
    // So many bytes of it, and none of one object.
    const share = page.getByText(/^[\d.]+ of 8\.00 GiB, 0 of 1 object/).first();
    const done = async () => Number.parseFloat(await share.innerText());
    await share.waitFor(slow);
    const before = await done();
    await expect.poll(done, slow).toBeGreaterThan(before);
    await shoot(page, 'large-parts');
    await sound(visitor, page);
    await world.changeCloud('POST', 'latency', {});
    await page.getByText('Done, and every object verified.').waitFor({ timeout: 60_000 });
  });
});
