import type { About, JobKind, JobRequest, SideRequest } from '../../api/types';
import { optionSpecs } from './option_specs';

// What the wizard holds: every field as it was typed.
export interface SideDraft {
  uri: string;
  role_arn: string;
  external_id: string;
  profile: string;
  endpoint: string;
  region: string;
}

export type SideName = 'source' | 'destination';

export type OptionValue = string | boolean;

export interface Draft {
  kind: JobKind;
  source: SideDraft;
  destination: SideDraft;
  migrator_role_arn: string;
  options: Record<string, OptionValue>;
}

const noSide: SideDraft = {
  uri: '', role_arn: '', external_id: '', profile: '', endpoint: '', region: '',
};

export const emptyDraft: Draft = {
  kind: 'copy', source: noSide, destination: noSide, migrator_role_arn: '', options: {},
};

const fields = Object.keys(noSide) as (keyof SideDraft)[];

// "photos" is a bucket, too.
export function normalUri(text: string): string {
  const trimmed = text.trim();
  return !trimmed || trimmed.includes('://') ? trimmed : `s3://${trimmed}`;
}

export function bucketOf(uri: string): string {
  return normalUri(uri).replace(/^s3:\/\//, '').split('/')[0] ?? '';
}

function sideRequest(side: SideDraft, withUri: boolean): SideRequest {
  const request: SideRequest = {};
  for (const field of fields) {
    const value = field === 'uri' ? normalUri(side.uri) : side[field].trim();
    if (value && (field !== 'uri' || withUri)) request[field] = value;
  }
  return request;
}

const linesOf = (text: string) =>
  text.split('\n').map((line) => line.trim()).filter(Boolean);

function optionsRequest(draft: Draft): JobRequest['options'] {
  const options: JobRequest['options'] = {};
  for (const spec of optionSpecs) {
    const value = draft.options[spec.name];
    if (!value || !spec.kinds.includes(draft.kind)) continue;
    if (value === true) options[spec.name] = true;
    else if (spec.form === 'lines') {
      const lines = linesOf(value);
      if (lines.length > 0) options[spec.name] = lines;
    } else if (value.trim()) options[spec.name] = value.trim();
  }
  return options;
}

export function requestOf(draft: Draft): JobRequest {
  const migrator = draft.migrator_role_arn.trim();
  return {
    kind: draft.kind,
    source: sideRequest(draft.source, true),
    destination: sideRequest(draft.destination, draft.kind === 'copy'),
    ...(migrator ? { migrator_role_arn: migrator } : {}),
    options: optionsRequest(draft),
  };
}

const sideDraft = (side: SideRequest | undefined): SideDraft => ({ ...noSide, ...side });

// The other way: a job to begin from.
export function draftOf(request: JobRequest): Draft {
  const options: Draft['options'] = {};
  for (const [name, value] of Object.entries(request.options ?? {})) {
    if (value === false) continue;
    options[name] = value === true ? true : Array.isArray(value) ? value.join('\n') : String(value);
  }
  return {
    kind: request.kind,
    source: sideDraft(request.source),
    destination: sideDraft(request.destination),
    migrator_role_arn: request.migrator_role_arn ?? '',
    options,
  };
}

// Whether a new job may name it; roles are listed or "*".
function mayName(side: SideDraft, allowed: About['allowed'] | undefined): boolean {
  const within = (value: string, list: string[] = []) =>
    !value || list.includes('*') || list.includes(value);
  return (
    within(side.role_arn, allowed?.roles) &&
    within(side.profile, allowed?.profiles) &&
    within(side.endpoint, allowed?.endpoints)
  );
}

const isAccess = (side: SideDraft) => fields.some((field) => field !== 'uri' && side[field]);

// An empty job with the access of another, as far as that may be used here; undefined where there
// is nothing to take over. A region is the bucket's, and stays with it.
export function withAccessOf(
  request: JobRequest,
  allowed: About['allowed'] | undefined,
): Draft | undefined {
  const taken = (side: SideRequest | undefined, keepRegion: boolean): SideDraft => {
    const full = sideDraft(side);
    const access = { ...full, uri: '', region: keepRegion ? full.region : '' };
    return mayName(access, allowed) ? access : noSide;
  };
  const migrator = { ...noSide, role_arn: request.migrator_role_arn ?? '' };
  const draft = {
    ...emptyDraft,
    source: taken(request.source, false),
    destination: taken(request.destination, true),
    migrator_role_arn: mayName(migrator, allowed) ? migrator.role_arn : '',
  };
  const some = isAccess(draft.source) || isAccess(draft.destination) || draft.migrator_role_arn;
  return some ? draft : undefined;
}

// A name for the copy that is likely to be free.
export function suggestedUri(draft: Draft): string {
  const bucket = bucketOf(draft.source.uri);
  return draft.kind === 'copy' && name.test(`${bucket}-copy`) ? `s3://${bucket}-copy` : '';
}

// With the suggestion as its destination, where there is none or `filled`, an earlier suggestion.
export function withSuggestion(draft: Draft, filled: string): Draft {
  const uri = suggestedUri(draft);
  const free = !draft.destination.uri.trim() || draft.destination.uri === filled;
  return uri && free ? { ...draft, destination: { ...draft.destination, uri } } : draft;
}

const name = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

// What is wrong with a location, as far as the page can tell; the server looks at the rest.
export function uriProblem(kind: JobKind, uri: string): string | undefined {
  const normal = normalUri(uri);
  if (!normal) return 'Enter a bucket.';
  if (!normal.startsWith('s3://')) return 'It looks like s3://BUCKET or s3://BUCKET/PREFIX.';
  if (!name.test(bucketOf(uri))) {
    return 'This is no name of a bucket: 3 to 63 lower-case letters, digits, dots and hyphens.';
  }
  const prefix = normal.slice('s3://'.length + bucketOf(uri).length).replace(/^\//, '');
  if (kind === 'migrate' && prefix) return 'A migration moves a whole bucket: leave out the prefix.';
  return undefined;
}

export interface Problem {
  field: string; // "source.uri"
  message: string;
}

export function problemsOf(draft: Draft, side: SideName): Problem[] {
  if (side === 'destination' && draft.kind === 'migrate') return [];
  const message = uriProblem(draft.kind, draft[side].uri);
  return message ? [{ field: `${side}.uri`, message }] : [];
}
