import { vi } from 'vitest';

// The answers of the server, by "METHOD /path"; what a test does not name is not found.
type Answer = (body: unknown, query: URLSearchParams) => unknown;

export interface Call {
  call: string;
  body: unknown;
}

let answers: Record<string, Answer> = {};
const calls: Call[] = [];

export class Refusal {
  constructor(
    readonly status: number,
    readonly problem: Record<string, unknown>,
    readonly headers: Record<string, string> = {},
  ) {}
}

function response(value: unknown): Response {
  if (value instanceof Refusal) {
    return new Response(JSON.stringify(value.problem), {
      status: value.status,
      headers: { 'content-type': 'application/problem+json', ...value.headers },
    });
  }
  if (value === undefined) return new Response(null, { status: 204 });
  return new Response(JSON.stringify(value), { headers: { 'content-type': 'application/json' } });
}

const notFound = new Refusal(404, { status: 404, detail: 'There is no such address.' });

export function answering(more: Record<string, Answer>): void {
  answers = { ...answers, ...more };
  vi.stubGlobal('fetch', (input: string, init: RequestInit = {}) => {
    const url = new URL(input, 'http://localhost');
    const call = `${init.method ?? 'GET'} ${url.pathname.replace('/api/v1', '')}`;
    const body: unknown = init.body ? JSON.parse(String(init.body)) : undefined;
    calls.push({ call, body });
    const answer = answers[call];
    return Promise.resolve(response(answer ? answer(body, url.searchParams) : notFound));
  });
}

export const callsTo = (call: string) => calls.filter((each) => each.call === call);

export function forgetAnswers(): void {
  answers = {};
  calls.length = 0;
  vi.unstubAllGlobals();
}
