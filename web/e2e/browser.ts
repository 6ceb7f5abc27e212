import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { chromium, type BrowserContext, type Locator, type Page } from 'playwright-core';
import { expect } from 'vitest';

const executable = process.env.CHROMIUM ?? '/usr/bin/chromium';
export const hasBrowser = existsSync(executable);

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export interface Look {
  width: number;
  height: number;
  dark?: boolean;
}

export const desktop: Look = { width: 1440, height: 900 };
export const phone: Look = { width: 390, height: 844 };
const picturesque: Look = { width: 1120, height: 700 };

interface Violation {
  id: string;
  help: string;
  nodes: { target: string[]; failureSummary: string }[];
}

// A browser with an empty profile that keeps account of what no page may do.
export class Visitor {
  readonly troubles: string[] = [];
  // What a test brings about itself, as the console words it.
  readonly expected: RegExp[] = [];

  private origin = '';

  private constructor(
    readonly context: BrowserContext,
    private readonly profile: string,
  ) {}

  static async start(): Promise<Visitor> {
    const profile = mkdtempSync(join(tmpdir(), 's3migrator-browser-'));
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: executable,
      headless: true,
      args: [
        '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
        '--disable-background-networking', '--disable-component-update', '--disable-sync',
      ],
      reducedMotion: 'reduce',
    });
    const visitor = new Visitor(context, profile);
    context.on('page', (page) => visitor.watch(page));
    return visitor;
  }

  // A fresh page for a server, with nothing left of the one before.
  async visit(origin: string, look: Look): Promise<void> {
    const before = this.context.pages();
    await this.context.clearCookies();
    const page = await this.context.newPage();
    await Promise.all(before.map((each) => each.close()));
    this.origin = origin;
    this.troubles.length = 0;
    this.expected.length = 0;
    await page.setViewportSize({ width: look.width, height: look.height });
    await page.emulateMedia({ colorScheme: look.dark ? 'dark' : 'light' });
  }

  async stop(): Promise<void> {
    await this.context.close();
    rmSync(this.profile, { recursive: true, force: true });
  }

  private watch(page: Page): void {
    page.on('console', (message) => {
      if (message.type() === 'error') this.blame(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => this.blame(`page: ${error.message}`));
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(this.origin) && !url.startsWith('data:')) this.blame(`foreign: ${url}`);
    });
  }

  private blame(trouble: string): void {
    if (!this.expected.some((known) => known.test(trouble))) this.troubles.push(trouble);
  }

  async open(path: string): Promise<Page> {
    const page = this.context.pages()[0]!;
    await page.goto(`${this.origin}/${path}`);
    return page;
  }

  // Where nobody is signed in yet the browser itself says so in its console.
  async signIn(token: string): Promise<Page> {
    this.expected.push(/console: Failed to load resource.*401/);
    const page = await this.open('');
    await page.getByLabel('Token').fill(token);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: /^Jobs/ }).first().waitFor();
    return page;
  }
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const found = (await page.evaluate(
    'axe.run(document, { resultTypes: ["violations"] }).then((result) => result.violations)',
  )) as Violation[];
  return found.flatMap((each) =>
    each.nodes.map((node) => `${each.id}: ${node.target.join(' ')}: ${node.failureSummary}`),
  );
}

// What holds in every state: axe finds nothing, nothing is wider than the window, and nobody has
// complained.
export async function sound(visitor: Visitor, page: Page): Promise<void> {
  expect(await violations(page)).toEqual([]);
  const [content, window] = (await page.evaluate(
    '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
  )) as [number, number];
  expect(content, 'the page is wider than the window').toBeLessThanOrEqual(window);
  expect(visitor.troubles).toEqual([]);
}

const shots = process.env.SCREENSHOTS ?? new URL('../../build/screenshots', import.meta.url).pathname;
const pictures = process.env.PICTURES ?? shots;

// One of those that docs/console.md shows; `npm run pictures` puts them where it has them. `at`:
// what is to be at the top; else the top of the page is.
export async function picture(
  page: Page, name: string, look: Look = picturesque, at?: Locator,
): Promise<void> {
  const before = page.viewportSize()!;
  await page.setViewportSize({ width: look.width, height: look.height });
  await page.evaluate('window.scrollTo(0, 0)');
  await at?.evaluate((element) => element.scrollIntoView());
  await save(page, join(pictures, `console-${name}.png`), false);
  await page.setViewportSize(before);
}

export async function shoot(page: Page, name: string, whole = false): Promise<void> {
  await save(page, join(shots, `${name}.png`), whole);
}

async function save(page: Page, path: string, whole: boolean): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  // Else the bar at the top would stand in the middle of the picture.
  if (whole) await page.evaluate('window.scrollTo(0, 0)');
  await page.screenshot({ path, fullPage: whole, animations: 'disabled' });
}
