import { base, query, request } from './client';
import type { Report } from './report';
import type {
  About, Act, Browsed, ConfigurationPart, Failure, FailureGroup, Job, JobDetail, JobPage, JobRequest,
  Limits, PlanResult, ResumeOptions, Sample, Session, SideRequest, StreamedEvent,
} from './types';

const job = (id: string, rest = '') => `/jobs/${encodeURIComponent(id)}${rest}`;

export interface JobFilter {
  state?: string;
  kind?: string;
  q?: string;
  limit?: number;
  cursor?: string;
}

// One function a call of the contract.
export const api = {
  session: (signal?: AbortSignal) => request<Session>('GET', '/session', undefined, signal),
  signIn: (token: string) => request<void>('POST', '/session', { token }),
  signOut: () => request<void>('DELETE', '/session'),
  about: () => request<About>('GET', '/about'),

  jobs: (filter: JobFilter, signal?: AbortSignal) =>
    request<JobPage>('GET', `/jobs${query({ ...filter })}`, undefined, signal),
  job: (id: string, signal?: AbortSignal) =>
    request<JobDetail>('GET', job(id), undefined, signal),
  create: (body: JobRequest) => request<Job>('POST', '/jobs', body),
  act: (id: string, what: Act) => request<Job>('POST', job(id, `/${what}`)),
  // The objects of those failures alone, as `attempt` of the job had them.
  retry: (id: string, attempt: number, numbers: number[]) =>
    request<Job>('POST', job(id, '/retry'), { attempt, numbers }),
  clone: (id: string) => request<JobRequest>('POST', job(id, '/clone')),
  confirm: (id: string, body: { name: string; digest: string; asked: string; token: string }) =>
    request<Job>('POST', job(id, '/confirm'), body),
  resumeWith: (id: string, options: ResumeOptions, token: string) =>
    request<Job>('POST', job(id, '/resume'), { options, token }),
  undo: (id: string, token: string, acceptWeakProof: boolean) =>
    request<Job>('POST', job(id, '/undo'), {
      token, ...(acceptWeakProof ? { options: { 'accept-weak-proof': true } } : {}),
    }),
  forget: (id: string) => request<void>('DELETE', job(id)),
  // null lifts a limit; one that is not named stays.
  limits: (id: string, limits: Partial<Limits>) =>
    request<Limits>('PATCH', job(id, '/limits'), limits),

  plan: (body: JobRequest) => request<{ plan_id: string }>('POST', '/plan', body),
  planned: (id: string, signal?: AbortSignal) =>
    request<PlanResult>('GET', `/plan/${encodeURIComponent(id)}`, undefined, signal),
  browse: (body: {
    side: SideRequest;
    migrator_role_arn?: string;
    bucket?: string;
    prefix?: string;
    next?: string;
  }) =>
    request<Browsed>('POST', '/browse', body),

  events: (id: string, page: { after?: string; limit: number }, signal?: AbortSignal) =>
    request<{ events: StreamedEvent[] }>('GET', job(id, `/events${query(page)}`), undefined, signal),
  samples: (id: string, points: number, signal?: AbortSignal) =>
    request<{ points: Sample[] }>('GET', job(id, `/samples${query({ points })}`), undefined, signal),
  failures: (id: string, filter: { q?: string; code?: string; limit: number; offset: number },
    signal?: AbortSignal) =>
    request<{ failures: Failure[]; total: number }>(
      'GET', job(id, `/failures${query(filter)}`), undefined, signal),
  failureGroups: (id: string, signal?: AbortSignal) =>
    request<{ groups: FailureGroup[] }>('GET', job(id, '/failures/groups'), undefined, signal),
  report: (id: string, signal?: AbortSignal) =>
    request<Report>('GET', job(id, '/report.json'), undefined, signal),

  configuration: (id: string, signal?: AbortSignal) =>
    request<{ parts: ConfigurationPart[] }>('GET', job(id, '/configuration'), undefined, signal),

  // Addresses for links that save a file.
  failuresFile: (id: string, ending: 'csv' | 'json') => `${base}${job(id, `/failures.${ending}`)}`,
  reportFile: (id: string, ending: 'csv' | 'json' | 'html') =>
    `${base}${job(id, `/report.${ending}`)}`,
};
