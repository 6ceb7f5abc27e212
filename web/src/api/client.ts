import type { ProblemDocument } from './types';

export const base = '/api/v1';

// What went wrong, in the server's own words.
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly problem: ProblemDocument,
    readonly retryAfter?: number,
  ) {
    super(problem.detail || problem.title || `The server answered ${status}.`);
    this.name = 'ApiError';
  }
}

export function isSignedOut(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401;
}

// Another program may answer, or none: then there is no problem document.
async function problemOf(response: Response): Promise<ProblemDocument> {
  if (!(response.headers.get('content-type') ?? '').includes('json')) {
    return { status: response.status };
  }
  try {
    return (await response.json()) as ProblemDocument;
  } catch {
    return { status: response.status };
  }
}

let onSignedOut = () => {};

// `callback` is told whenever an answer says that nobody is signed in.
export function whenSignedOut(callback: () => void): void {
  onSignedOut = callback;
}

async function send(method: string, path: string, body?: unknown, signal?: AbortSignal) {
  let response: Response;
  try {
    response = await fetch(base + path, {
      method,
      signal,
      credentials: 'same-origin',
      cache: 'no-store',
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, { detail: 'The server cannot be reached. Is s3migrator serve running?' });
  }
  if (response.ok) return response;
  const retryAfter = Number(response.headers.get('retry-after')) || undefined;
  const failure = new ApiError(response.status, await problemOf(response), retryAfter);
  if (response.status === 401 && path !== '/session') onSignedOut();
  throw failure;
}

export async function request<T>(
  method: string,
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<T> {
  const response = await send(method, path, body, signal);
  if (response.status === 204) return undefined as T;
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

// "?a=b" of the values that are there.
export function query(values: Record<string, string | number | undefined | null>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== null && value !== '') parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return text ? `?${text}` : '';
}
