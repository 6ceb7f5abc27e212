// The answers of /api/v1 as its OpenAPI document has them. Bytes and counts are numbers, times
// ISO 8601 in UTC.

export type Role = 'operator' | 'viewer';

export interface Session {
  role: Role;
  expires_at: string | null; // null: of a bearer token, and of who comes by a load balancer
  name?: string; // of whom a load balancer has signed in
}

// What a migration may ask for before it goes on, by the names of the command line.
export interface ResumeOptions {
  rename?: string;
  'name-timeout'?: string;
  'accept-weak-proof'?: boolean;
  'accept-unpinned-delete'?: boolean;
  'source-is-quiet'?: boolean;
}

export interface About {
  program: string;
  version: string;
  executor: string; // "none": this console only watches
  simulator: boolean;
  store: string;
  allowed: { endpoints: string[]; profiles: string[]; roles: string[] }; // "*": any role
}

export interface Place {
  uri: string;
  bucket: string;
  prefix: string;
  endpoint: string;
  region: string;
  role_arn: string;
}

export interface Progress {
  step: string;
  step_number: number;
  step_count: number;
  percent: number;
  objects_done: number;
  bytes_done: number;
  objects_total: number;
  bytes_total: number;
  totals_final: boolean;
  totals_estimated: boolean;
  copied: number;
  skipped: number;
  failed: number;
  retried: number;
  throttled: number;
  requests: number;
  in_flight: number;
  budget: number;
  rate_limit: number;
  elapsed_seconds: number | null;
  objects_per_second: number | null;
  bytes_per_second: number | null;
  bytes_per_second_average: number | null;
  eta_low_seconds?: number | null;
  eta_high_seconds?: number | null;
}

export type JobKind = 'copy' | 'migrate';

export type JobState =
  | 'running' | 'pausing' | 'cancelling' | 'interrupted' | 'paused' | 'done' | 'undone'
  | 'failed-objects' | 'mismatch' | 'failed' | 'cancelled';

export interface Job {
  id: string;
  kind: JobKind;
  state: JobState;
  exit_code: number | null;
  attempt: number;
  created_at: string;
  updated_at: string;
  source: Place;
  destination: Place;
  percent: number;
  message: string;
  outcome: string | null;
  progress: Progress | null;
  waiting_for: 'confirmation' | null;
  here: boolean; // this server runs it: its limits can be changed
}

export type StepState = 'started' | 'done' | 'skipped' | 'failed';

export interface JobStep {
  step: string;
  number: number;
  state: StepState;
  percent: number;
  started: string;
  ended: string | null;
  message: string;
}

export interface Limits {
  concurrency: number | null;
  max_requests_per_second: number | null;
}

export interface Confirmation {
  bucket: string;
  temporary_bucket: string;
  digest: string;
  objects: number;
  bytes: number;
  weak: number;
  uploads: string; // a sentence on those that nobody finished; empty: there are none
  frozen: boolean;
  all_versions: boolean;
  not_carried: number;
  losses: { attribute: string; count: number; why: string }[];
  settings_changed: number;
  settings_not_carried: number;
  settings_lost: string[];
  id: string; // of all this
}

export interface Summary {
  outcome: string;
  exit_code: number;
  objects: number;
  bytes: number;
  copied: number;
  copied_bytes: number;
  skipped: number;
  deleted: number;
  failed: number;
  same_strong: number;
  same_weak: number;
  mismatched: number;
  missing: number;
  extra: number;
  elapsed_seconds: number | null;
  digest: string;
  message: string;
}

// What the runs of a job before its last one did.
export interface EarlierRuns {
  runs: number;
  seconds: number;
  copied: number;
  copied_bytes: number;
  deleted: number;
  requests: number;
  retried: number;
  throttled: number;
}

// What a person did with the job through a console.
export interface PersonAction {
  time: string;
  action: string;
  role: string;
  peer: string;
  detail: string;
}

export type Act = 'pause' | 'resume' | 'cancel' | 'retry';

export interface JobDetail extends Job {
  spec: Record<string, unknown> | null;
  command: string[]; // words of the command line that does the same
  steps: JobStep[];
  resumed_from: string | null;
  limits: Limits | null;
  confirmation: Confirmation | null;
  regime: 'untouched' | 'emptying' | 'handed-over' | null;
  summary: Summary | null;
  has_failures: boolean;
  earlier_runs: EarlierRuns | null; // progress and summary are those of the last run
  actions: PersonAction[];
  may: Record<Act | 'retry_selected' | 'undo' | 'confirm' | 'delete', boolean>;
}

export interface JobPage {
  jobs: Job[];
  next_cursor: string | null;
  total: number;
}

export interface SideRequest {
  uri?: string;
  role_arn?: string;
  external_id?: string;
  profile?: string;
  endpoint?: string;
  region?: string;
}

export interface JobRequest {
  kind: JobKind;
  source: SideRequest;
  destination: SideRequest;
  migrator_role_arn?: string;
  options: Record<string, string | number | boolean | string[]>;
}

export interface Permission {
  side: string;
  action: string;
  resource: string;
  verdict: 'proven' | 'inferred' | 'unproven' | 'denied';
  how: string;
  policy_json: string; // of this right alone; empty where nothing is to be added
}

export interface Refusal {
  code: string;
  reason: string;
  way_out: string;
}

export interface Range {
  what: string;
  low: number;
  high: number;
}

// The plan event of a copy or a migration; each has fields of its own.
export interface PlanFigures {
  objects: number;
  bytes: number;
  requests?: number;
  multipart?: number;
  same?: number;
  same_weak?: number;
  to_copy?: number;
  to_copy_bytes?: number;
  destination_objects?: number;
  destination_only?: number;
  archived?: number;
  deletes?: boolean;
  all_versions?: boolean;
  version_keys?: number;
  delete_markers?: number;
  first_key?: string;
  last_key?: string;
  destination_exists?: boolean;
  destination_region?: string;
  prices?: Range[];
  low_dollars?: number;
  high_dollars?: number;
  prices_as_of?: string;
  times?: Range[];
  low_seconds?: number;
  high_seconds?: number;
  warnings?: string[];
  source_policy?: string;
  destination_policy?: string;
  advice?: string;
}

export interface PlanResult {
  id: string;
  state: 'running' | 'done' | 'failed';
  progress?: { step: string; objects: number; bytes: number } | null; // while it runs
  refusals: Refusal[];
  permissions: Permission[];
  policies: { source: string; destination: string }; // all that is to be added, JSON; empty: nothing
  plan: PlanFigures | null;
  notes: string[];
  problem: string | null;
}

export interface ProblemDocument {
  type?: string;
  title?: string;
  status?: number;
  detail?: string;
  code?: string;
  request_id?: string;
  errors?: { field: string; message: string }[];
}

export interface StreamedEvent {
  v?: number;
  type: string;
  job?: string;
  attempt?: number;
  seq?: number;
  time?: string;
  [field: string]: unknown;
}

export interface Sample {
  t: string;
  objects_per_second: number;
  bytes_per_second: number;
  in_flight: number;
  throttled: number; // in all so far, as retried
  retried: number;
}

export interface Failure {
  number: number;
  time: string;
  operation: string;
  bucket: string;
  key: string;
  key_base64?: string; // only where the key is not UTF-8
  version: string;
  code: string;
  service_code: string;
  http_status: number;
  request_id: string;
  message: string;
}

export interface FailureGroup {
  code: string;
  service_code: string;
  operation: string;
  count: number;
  hint: string;
  example_key: string;
  example_message: string;
}

// A part of a bucket's configuration as it was in the source and is in the new bucket.
export interface ConfigurationPart {
  name: string; // "policy"
  state: 'same' | 'rewritten' | 'not-carried' | 'removed' | 'added';
  source: string | null;
  destination: string | null;
  note: string;
}

export interface Browsed {
  buckets: { name: string; created_at: string | null; region: string }[];
  prefixes: string[];
  objects: { key: string; size: number; last_modified: string }[];
  next: string | null; // there is more; it goes back as it came
}
