// `s3migrator demo` in a terminal, as somebody tries it who has read nothing.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { desktop, hasBrowser, picture, shoot, sound, Visitor } from './browser';
import { hasRunner, page as built, program } from './world';

const slow = { timeout: 60_000 };
const terminal = '/usr/bin/script';

// A program at a terminal of its own, and what it has said.
class Sitting {
  said = '';
  readonly ended: Promise<number>;
  private readonly child: ChildProcess;

  constructor(...words: string[]) {
    // The program in the shell's place: Ctrl-C reaches a shell too, and some shells then end with 130.
    const line = `exec ${words.map((word) => `'${word}'`).join(' ')}`;
    const environment: NodeJS.ProcessEnv = { ...process.env, TERM: 'xterm', CI: '' };
    this.child = spawn(terminal, ['-qefc', line, '/dev/null'], {
      env: environment, stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.child.stdout!.on('data', (part: Buffer) => {
      this.said += part.toString();
    });
    this.ended = new Promise((resolve) => this.child.once('exit', (code) => resolve(code ?? -1)));
  }

  async says(pattern: RegExp): Promise<string> {
    await expect.poll(() => pattern.test(this.said), { timeout: 150_000 }).toBe(true);
    return pattern.exec(this.said)![1]!;
  }

  controlC(): void {
    this.child.stdin!.write('\x03');
  }

  stop(): void {
    this.child.kill();
  }
}

const there = hasBrowser && hasRunner && existsSync(terminal) && existsSync(built);

describe.skipIf(!there)('the demo', () => {
  let sitting: Sitting;
  let visitor: Visitor;

  beforeAll(async () => {
    sitting = new Sitting(program, 'demo', '--progress', 'none', '--web-root', built);
    visitor = await Visitor.start();
  });
  afterAll(async () => {
    await visitor?.stop();
    sitting?.stop();
  });

  test('leads from its address to a verified copy by the page alone', { timeout: 240_000 }, async () => {
    const address = await sitting.says(/Open +(http:\S+)/);
    const token = await sitting.says(/Token +([0-9a-f]+)/);
    await sitting.says(/(Ctrl-C ends the console)/);
    await visitor.visit(new URL(address).origin, desktop);
    const page = await visitor.signIn(token);
    await page.getByText('This is a simulated cloud').waitFor();
    await page.getByRole('link', { name: 'Migration of holiday-albums' }).waitFor();
    await picture(page, 'jobs');
    await sound(visitor, page);

    await page.getByRole('link', { name: 'Create job' }).first().click();
    const next = page.getByRole('button', { name: 'Next' });
    await next.click();
    await page.getByRole('button', { name: 'Browse S3' }).click();
    await page.getByRole('button', { name: 'holiday-films', exact: true }).click(slow);
    await shoot(page, 'demo-browse');
    await sound(visitor, page);
    await page.getByRole('button', { name: 'Choose this bucket' }).click();
    await next.click();
    // As the terminal says: Next to the end.
    for (let step = 0; step < 3; step += 1) await next.click();
    await page.getByRole('button', { name: 'Start the copy' }).click();
    await page.getByRole('heading', { name: 'holiday-films to holiday-films-copy' }).waitFor(slow);
    await expect.poll(async () => Number.parseInt(await page.title(), 10), slow).toBeGreaterThan(40);
    await page.getByText('Time (UTC)').waitFor(slow);
    await picture(page, 'job', { width: 1120, height: 1260 });
    await page.getByText('Done, and every object verified.').waitFor({ timeout: 120_000 });
    await shoot(page, 'demo-done', true);
    await sound(visitor, page);
  });

  test('ends with Ctrl-C', async () => {
    visitor.expected.push(/console: .*ERR_|console: Failed to load resource/);
    sitting.controlC();
    expect(await sitting.ended).toBe(0);
  });
});
