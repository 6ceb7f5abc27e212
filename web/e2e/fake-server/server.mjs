// A server with the face of `s3migrator serve` and made-up jobs behind it: for tests of the page in
// states that a real job is in only for a moment, and for work on the page.
//
//   node e2e/fake-server/server.mjs [PORT]     then npm run dev, or the built page at that port
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import {
  configuration, events, failures, groups, plan, progress, report, samples, story,
} from './story.mjs';

const dist = join(dirname(fileURLToPath(import.meta.url)), '../../dist');
const types = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css',
  '.svg': 'image/svg+xml', '.woff2': 'font/woff2', '.md': 'text/markdown',
};
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self' data:; img-src 'self' data:; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export const token = 'a-token-for-tests';

async function bodyOf(request) {
  let text = '';
  for await (const part of request) text += part;
  return text ? JSON.parse(text) : {};
}

function sendFile(response, path) {
  const file = normalize(join(dist, path === '/' ? 'index.html' : path));
  if (!file.startsWith(dist) || !existsSync(file) || !statSync(file).isFile()) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, {
    'content-type': types[extname(file)] ?? 'application/octet-stream',
    'content-security-policy': policy, 'x-content-type-options': 'nosniff',
  });
  createReadStream(file).pipe(response);
}

const json = (response, status, value) => {
  response.writeHead(status, {
    'content-type': status < 400 ? 'application/json' : 'application/problem+json',
  });
  response.end(JSON.stringify(value));
};

const problem = (response, status, code, detail, errors) =>
  json(response, status, { type: 'about:blank', title: code, status, detail, code, request_id: 'r1', errors });

export class FakeServer {
  constructor({ still = false, jobs = story() } = {}) {
    this.still = still; // figures stay as they are: screenshots are then the same in every run
    this.jobs = jobs;
    this.streams = new Set();
    this.down = false;
    this.requests = [];
    this.server = createServer((request, response) => {
      this.handle(request, response).catch((error) => problem(response, 500, 'bug', String(error)));
    });
  }

  async start(port = 0) {
    await new Promise((resolve) => this.server.listen(port, '127.0.0.1', resolve));
    this.timer = setInterval(() => this.tick(), 500);
    return `http://127.0.0.1:${this.server.address().port}`;
  }

  async stop() {
    clearInterval(this.timer);
    this.dropStreams();
    this.server.closeAllConnections?.();
    await new Promise((resolve) => this.server.close(resolve));
  }

  dropStreams() {
    this.streams.forEach((response) => response.destroy());
    this.streams.clear();
  }

  send(name, data) {
    this.streams.forEach((stream) => stream.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`));
  }

  changed(job, change) {
    Object.assign(job, change);
    this.send('job', { job_id: job.id, event: this.short(job) });
  }

  short({ spec, command, steps, resumed_from, limits, confirmation, regime, summary, has_failures, earlier_runs, intents, actions, may, ...job }) {
    return job;
  }

  tick() {
    this.send('heartbeat', {});
    if (this.still) return;
    for (const job of this.jobs.filter((each) => each.state === 'running')) {
      const { bytes_total: bytes, objects_total: objects, objects_done: done } = job.progress;
      const share = Math.min(0.98, done / objects + 0.001);
      const event = progress({
        ...job.progress, objects_done: Math.floor(objects * share), bytes_done: bytes * share,
        percent: Math.max(6, Math.floor(6 + 93 * share)),
      });
      job.progress = event;
      job.percent = event.percent;
      this.send('progress', { job_id: job.id, event });
    }
  }

  async handle(request, response) {
    const { pathname, searchParams } = new URL(request.url, 'http://localhost');
    if (this.down) return request.destroy();
    if (!pathname.startsWith('/api/')) return sendFile(response, pathname);
    const path = pathname.replace('/api/v1', '');
    const signedIn = (request.headers.cookie ?? '').includes(`s3migrator_session=${token}`);
    const body = request.method === 'GET' ? {} : await bodyOf(request);
    this.requests.push({ method: request.method, path, body });
    if (path === '/session') return this.session(request, response, body, signedIn);
    if (!signedIn) return problem(response, 401, 'signed-out', 'Sign in first.');
    return this.answer({ method: request.method, path, query: searchParams, body, response });
  }

  session(request, response, body, signedIn) {
    const cookie = (value) => ({
      'set-cookie': `s3migrator_session=${value}; HttpOnly; SameSite=Strict; Path=/`,
    });
    if (request.method === 'POST') {
      if (body.token !== token) return problem(response, 401, 'signed-out', 'This is not the token.');
      return response.writeHead(204, cookie(token)).end();
    }
    if (request.method === 'DELETE') return response.writeHead(204, cookie('')).end();
    if (!signedIn) return problem(response, 401, 'signed-out', 'Sign in first.');
    return json(response, 200, { role: 'operator', expires_at: '2026-11-23T12:00:00Z' });
  }

  answer(call) {
    const { method, path, response } = call;
    const one = /^\/jobs\/([^/]+)(\/.+)?$/.exec(path);
    if (one) return this.ofJob(call, decodeURIComponent(one[1]), one[2] ?? '');
    switch (`${method} ${path.replace(/^\/plan\/.*/, '/plan/ID')}`) {
      case 'GET /about':
        return json(response, 200, {
          program: 's3migrator', version: '0.1.0', executor: 'in-process', simulator: false,
          store: 'sqlite', allowed: { endpoints: [], profiles: ['prod'], roles: ['*'] },
        });
      case 'GET /jobs':
        return this.list(call);
      case 'POST /jobs':
        return this.create(call);
      case 'POST /plan':
        if (call.body.options?.['part-size'] === 'nonsense') return this.badSize(response);
        return json(response, 202, { plan_id: 'plan-1' });
      case 'GET /plan/ID':
        return json(response, 200, plan);
      case 'POST /browse':
        return this.browse(call);
      case 'GET /stream':
        response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
        response.write(': hello\n\n');
        this.streams.add(response);
        return response.on('close', () => this.streams.delete(response));
      default:
        return problem(response, 404, 'not-found', 'There is no such address.');
    }
  }

  badSize(response) {
    return problem(response, 422, 'invalid', 'The request is not right.', [
      { field: 'options.part-size', message: '"nonsense" is no size' },
    ]);
  }

  list({ query, response }) {
    const state = query.get('state');
    const kind = query.get('kind');
    const q = query.get('q') ?? '';
    const found = this.jobs.filter((job) => (!state || job.state === state) &&
      (!kind || job.kind === kind) && `${job.id} ${job.source.uri} ${job.destination.uri}`.includes(q));
    json(response, 200, {
      jobs: found.map((job) => this.short(job)), next_cursor: null, total: found.length,
    });
  }

  create({ body, response }) {
    if (body.options?.['part-size'] === 'nonsense') return this.badSize(response);
    const job = { ...structuredClone(this.jobs[0]), id: `new-${this.jobs.length}`, attempt: 1,
      resumed_from: null, has_failures: false };
    job.progress.failed = 0;
    this.jobs.unshift(job);
    return json(response, 201, this.short(job));
  }

  browse({ body, response }) {
    const empty = { buckets: [], prefixes: [], objects: [], next: null };
    if (!body.bucket) {
      return json(response, 200, { ...empty, buckets: [
        { name: 'photos', created_at: null, region: 'us-east-1' },
        { name: 'prod-assets-us', created_at: null, region: 'us-east-1' }] });
    }
    return json(response, 200, { ...empty, prefixes: [`${body.prefix ?? ''}media/`],
      objects: [{ key: 'readme.txt', size: 1_200, last_modified: '2026-01-01T00:00:00Z' }] });
  }

  ofJob({ method, query, body, response }, id, rest) {
    const job = this.jobs.find((each) => each.id === id);
    if (!job) return problem(response, 404, 'not-found', `The store knows no job ${id}.`);
    if (method === 'GET') return this.read(job, rest, query, response);
    const states = { '/pause': 'paused', '/resume': 'running', '/cancel': 'cancelled', '/retry': 'running' };
    if (method === 'POST' && states[rest]) {
      const state = states[rest];
      const running = state === 'running';
      this.changed(job, {
        state, may: { ...job.may, pause: running, resume: state === 'paused', cancel: state !== 'cancelled' },
      });
      return json(response, 200, this.short(job));
    }
    if (rest === '/confirm' || rest === '/undo') return this.decide(job, rest, body, response);
    if (rest === '/clone') return json(response, 200, this.cloned(job));
    if (rest === '/limits') {
      Object.assign(job.limits, body);
      return json(response, 200, job.limits);
    }
    if (method === 'DELETE') {
      this.jobs = this.jobs.filter((each) => each !== job);
      this.send('gone', { job_id: job.id });
      return response.writeHead(204).end();
    }
    return problem(response, 404, 'not-found', 'There is no such address.');
  }

  decide(job, rest, body, response) {
    if (body.token !== token) return problem(response, 403, 'forbidden', 'This is not the token.');
    const right = rest === '/undo' ||
      (body.name === job.confirmation.bucket && body.digest === job.confirmation.digest &&
        body.asked === job.confirmation.id);
    if (!right) return problem(response, 409, 'job-state', 'The name or the digest is another one.');
    this.changed(job, { state: 'running', waiting_for: null, exit_code: null });
    return json(response, 200, this.short(job));
  }

  cloned(job) {
    return {
      kind: job.kind,
      source: { uri: job.source.uri, role_arn: job.source.role_arn, external_id: '7fd1' },
      destination: { uri: job.destination.uri, role_arn: job.destination.role_arn },
      options: { verify: 'checksum' },
    };
  }

  read(job, rest, query, response) {
    const file = (type, text) => response.writeHead(200, {
      'content-type': type, 'content-disposition': 'attachment',
    }).end(text);
    switch (rest) {
      case '':
        return json(response, 200, job);
      case '/events':
        return json(response, 200, { events: events(job.id) });
      case '/samples':
        return json(response, 200, { points: job.progress ? samples : [] });
      case '/failures': {
        const [q, code] = [query.get('q') ?? '', query.get('code')];
        const all = job.has_failures ? failures : [];
        const found = all.filter((each) => (!code || each.code === code) && each.key.includes(q));
        const from = Number(query.get('offset'));
        const page = found.slice(from, from + Number(query.get('limit')));
        return json(response, 200, { failures: page, total: found.length });
      }
      case '/failures/groups':
        return json(response, 200, { groups: job.has_failures ? groups : [] });
      case '/configuration':
        if (job.kind !== 'migrate') return problem(response, 404, 'not-found', 'It has none.');
        return json(response, 200, { parts: configuration });
      case '/failures.csv':
        return file('text/csv', 'number,key\r\n');
      case '/report.json':
        if (job.state !== 'done') return problem(response, 409, 'job-state', 'It has not ended.');
        return json(response, 200, report);
      default:
        return problem(response, 404, 'not-found', 'There is no such address.');
    }
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const address = await new FakeServer().start(Number(process.argv[2] ?? 8080));
  console.log(`${address}  token: ${token}`);
}
