// The real program before the simulator: a cloud, a store, and the console on it.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const build = new URL('../../build/release/bin', import.meta.url).pathname;
export const program = process.env.S3MIGRATOR ?? join(build, 's3migrator');
const simulator = process.env.S3SIM ?? join(build, 's3sim');
export const page = new URL('../dist', import.meta.url).pathname;

const source = 'arn:aws:iam::111111111111:role/s3m-source';
const destination = 'arn:aws:iam::222222222222:role/s3m-destination';
const migrator = 'arn:aws:iam::333333333333:role/s3m-migrator';

interface Ready {
  endpoint: string;
  keys: { account: string; user: string; access_key_id: string; secret_access_key: string }[];
  roles: { arn: string; external_id?: string }[];
}

export interface Access {
  role_arn: string;
  external_id: string;
  region?: string;
}

const help = String(spawnSync(program, ['serve', '--help']).stdout);

export const hasServer = existsSync(simulator) && help.includes('--web-root');
// Whether it begins jobs, too.
export const hasRunner = hasServer && help.includes('--allow-role-arn');

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout! }).once('line', resolve);
    child.once('exit', (code) => reject(new Error(`it ended with ${code} before it was ready`)));
  });
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}

export class World {
  private readonly directory = mkdtempSync(join(tmpdir(), 's3migrator-world-'));
  private readonly children: ChildProcess[] = [];
  private ready!: Ready;
  private serving: ChildProcess | undefined;
  port = 0;
  readonly token = 'the-token-of-the-tests-0123456789abcdef';

  static async start(scenario: object): Promise<World> {
    const world = new World();
    const file = join(world.directory, 'scenario.json');
    writeFileSync(file, JSON.stringify(scenario));
    const child = spawn(simulator, ['--scenario', file], { stdio: ['ignore', 'pipe', 'inherit'] });
    world.children.push(child);
    world.ready = JSON.parse(await firstLine(child)) as Ready;
    return world;
  }

  get endpoint(): string {
    return this.ready.endpoint;
  }

  private get environment(): NodeJS.ProcessEnv {
    const key = this.ready.keys.find((each) => each.user === 'migrator')!;
    return {
      PATH: process.env.PATH, HOME: this.directory, AWS_EC2_METADATA_DISABLED: 'true',
      AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: key.access_key_id,
      AWS_SECRET_ACCESS_KEY: key.secret_access_key,
      S3MIGRATOR_STORE: join(this.directory, 'store.db'), S3MIGRATOR_CONSOLE_TOKEN: this.token,
      AWS_ENDPOINT_URL: this.ready.endpoint,
    };
  }

  private externalId(arn: string): string {
    return this.ready.roles.find((role) => role.arn === arn)?.external_id ?? '';
  }

  // How a new job reaches both sides, as the API takes it.
  get access(): { source: Access; destination: Access; migrator_role_arn: string } {
    return {
      source: { role_arn: source, external_id: this.externalId(source) },
      destination: {
        role_arn: destination, external_id: this.externalId(destination), region: 'eu-central-1',
      },
      migrator_role_arn: migrator,
    };
  }

  // How the command line reaches both sides.
  get sides(): string[] {
    return [
      '--migrator-role-arn', migrator,
      '--source-role-arn', source, '--source-external-id', this.externalId(source),
      '--destination-role-arn', destination,
      '--destination-external-id', this.externalId(destination),
    ];
  }

  // Runs a command to its end, and gives its exit code.
  run(...words: string[]): Promise<number> {
    const child = spawn(program, words, { env: this.environment, stdio: 'ignore' });
    this.children.push(child);
    return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? -1)));
  }

  async serve(): Promise<string> {
    const words = [
      'serve', '--listen', `127.0.0.1:${this.port}`, '--web-root', page, '--json',
      ...(hasRunner ? ['--allow-role-arn', '*'] : []),
    ];
    const child = spawn(program, words, {
      env: this.environment, stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.children.push(child);
    this.serving = child;
    const { url } = JSON.parse(await firstLine(child)) as { url: string };
    this.port = Number(new URL(url).port);
    return new URL(url).origin;
  }

  async stopServing(): Promise<void> {
    if (this.serving) await ended(this.serving);
  }

  // Asks the API as a script does.
  async ask<T>(method: string, path: string, body?: object): Promise<T> {
    const answer = await fetch(`http://127.0.0.1:${this.port}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text) as T;
  }

  // Begins a job in the server; gives its id.
  async begin(kind: string, from: string, to: string, options: object = {}): Promise<string> {
    const access = this.access;
    const { id } = await this.ask<{ id: string }>('POST', '/jobs', {
      kind, ...access, source: { ...access.source, uri: `s3://${from}` },
      destination: { ...access.destination, ...(to ? { uri: `s3://${to}` } : {}) }, options,
    });
    return id;
  }

  async changeCloud(method: string, what: string, rule?: object): Promise<void> {
    const answer = await fetch(`${this.endpoint}/_sim/${what}`, {
      method, body: rule && JSON.stringify(rule),
    });
    if (!answer.ok) throw new Error(`the simulator answers ${answer.status} to ${what}`);
  }

  async stop(): Promise<void> {
    await Promise.all(this.children.map(ended));
    rmSync(this.directory, { recursive: true, force: true });
  }
}
