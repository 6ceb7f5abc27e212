// The made-up answers that the page is tested on are such as the real server's document allows.
import { readdirSync, readFileSync } from 'node:fs';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { FakeServer, token } from './fake-server/server.mjs';
import { problems, type Schema, type Schemas } from './schema';

interface Document {
  paths: Record<string, Record<string, {
    responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
  }>>;
  components: { schemas: Schemas };
}

const file = new URL('../../src/console/openapi.json', import.meta.url);
const document = JSON.parse(readFileSync(file, 'utf8')) as Document;

const server = new FakeServer({ still: true });
let origin: string;

beforeAll(async () => {
  origin = await server.start();
});
afterAll(() => server.stop());

const call = (method: string, path: string, body?: unknown) =>
  fetch(`${origin}/api/v1${path}`, {
    method,
    headers: { cookie: `s3migrator_session=${token}` },
    body: body === undefined ? undefined : JSON.stringify(body),
  });

function schemaOf(method: string, path: string, status: number): Schema {
  const answer = document.paths[`/api/v1${path}`]?.[method.toLowerCase()]?.responses[status];
  return Object.values(answer?.content ?? {})[0]!.schema;
}

const running = '20261122-7f3a91';
const request = { kind: 'copy', source: { uri: 's3://a' }, destination: { uri: 's3://b' }, options: {} };

const calls: [string, string, string, unknown?][] = [
  ['GET', '/session', '/session'],
  ['GET', '/about', '/about'],
  ['GET', '/jobs', '/jobs'],
  ['GET', '/jobs/{id}', `/jobs/${running}`],
  ['GET', '/jobs/{id}', '/jobs/20261121-c0ffee'],
  ['GET', '/jobs/{id}', '/jobs/20261119-5ca1ab'],
  ['GET', '/jobs/{id}/events', `/jobs/${running}/events`],
  ['GET', '/jobs/{id}/samples', `/jobs/${running}/samples`],
  ['GET', '/jobs/{id}/failures', `/jobs/${running}/failures?limit=50&offset=0`],
  ['GET', '/jobs/{id}/failures/groups', `/jobs/${running}/failures/groups`],
  ['GET', '/plan/{id}', '/plan/plan-1'],
  ['POST', '/browse', '/browse', { side: {} }],
  ['POST', '/jobs/{id}/clone', `/jobs/${running}/clone`, {}],
  ['PATCH', '/jobs/{id}/limits', `/jobs/${running}/limits`, { concurrency: 8 }],
  ['POST', '/jobs', '/jobs', request],
];
// `npm run pictures` makes all that the document shows, and no more.
test('each picture of the document is taken', () => {
  const here = new URL('.', import.meta.url);
  const named = (text: string, pattern: RegExp) =>
    [...text.matchAll(pattern)].map(([, name]) => name!).sort();
  const tests = readdirSync(here).filter((name) => name.endsWith('.e2e.ts'))
    .map((name) => readFileSync(new URL(name, here), 'utf8')).join('');
  const page = readFileSync(new URL('../../docs/console.md', here), 'utf8');
  const taken = named(tests, /\bpicture\([^,]+, '([a-z]+)'/g);
  expect(taken).toEqual(named(page, /images\/console-([a-z]+)\.png/g));
});

// Those that this version of the server has.
const documented = calls.filter(([method, path]) =>
  document.paths[`/api/v1${path}`]?.[method.toLowerCase()]);

test.each(documented)('%s %s', async (method, path, address, body) => {
  const answer = await call(method, address, body);
  const value: unknown = await answer.json();
  expect(problems(schemaOf(method, path, answer.status), value, document.components.schemas))
    .toEqual([]);
});
