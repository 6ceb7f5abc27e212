import { describe, expect, test } from 'vitest';

import {
  bucketOf, draftOf, emptyDraft, normalUri, requestOf, suggestedUri, uriProblem, withAccessOf,
  withSuggestion,
  type Draft,
} from './draft';

const draft = (part: Partial<Draft>): Draft => ({ ...emptyDraft, ...part });
const side = (uri: string) => ({ ...emptyDraft.source, uri });

describe('a location', () => {
  test('may be typed as a bucket alone', () => {
    expect(normalUri(' photos/2026 ')).toBe('s3://photos/2026');
    expect(bucketOf('photos/2026')).toBe('photos');
  });

  test.each([
    ['', /Enter a bucket/], ['http://x', /looks like/], ['Photos', /no name/], ['ab', /no name/],
  ])('%s is refused', (uri, why) => expect(uriProblem('copy', uri)).toMatch(why));

  test('of a migration has no prefix', () => {
    expect(uriProblem('migrate', 's3://photos/a')).toMatch(/whole bucket/);
    expect(uriProblem('migrate', 's3://photos')).toBeUndefined();
    expect(uriProblem('migrate', 's3://photos/')).toBeUndefined();
    expect(uriProblem('copy', 's3://photos/a')).toBeUndefined();
  });
});

describe('the request', () => {
  test('has what was entered, trimmed, and nothing that was not', () => {
    const request = requestOf(draft({
      source: { ...side('photos'), role_arn: ' arn:r ' }, destination: side('s3://b'),
      options: { exclude: '*.tmp\n\n a ', 'part-size': ' 64MiB ', strict: true, delete: false, sse: '' },
    }));
    expect(request).toEqual({
      kind: 'copy', source: { uri: 's3://photos', role_arn: 'arn:r' }, destination: { uri: 's3://b' },
      options: { exclude: ['*.tmp', 'a'], 'part-size': '64MiB', strict: true },
    });
  });

  test('of a migration leaves out what only a copy knows', () => {
    const request = requestOf(draft({
      kind: 'migrate', source: side('photos'), destination: { ...side('left-over'), region: 'eu-west-1' },
      options: { exclude: '*.tmp', freeze: 'early' },
    }));
    expect(request.destination).toEqual({ region: 'eu-west-1' });
    expect(request.options).toEqual({ freeze: 'early' });
  });

  test('comes back as the draft it was made of', () => {
    const request = {
      kind: 'copy' as const, source: { uri: 's3://a', profile: 'p' }, destination: { uri: 's3://b' },
      migrator_role_arn: 'arn:m', options: { exclude: ['x', 'y'], strict: true, concurrency: '8' },
    };
    expect(requestOf(draftOf(request))).toEqual(request);
  });
});

describe('the access of the newest job', () => {
  const request = {
    kind: 'migrate' as const,
    source: { uri: 's3://a', role_arn: 'arn:s', external_id: '7fd1', region: 'us-east-1' },
    destination: { role_arn: 'arn:d', region: 'eu-central-1' },
    migrator_role_arn: 'arn:m', options: { freeze: 'early' },
  };
  const allowed = (part: object) => ({ endpoints: [], profiles: [], roles: [], ...part });

  test('is taken over, and nothing else of the job', () => {
    expect(requestOf(withAccessOf(request, allowed({ roles: ['*'] }))!)).toEqual({
      kind: 'copy', source: { role_arn: 'arn:s', external_id: '7fd1' },
      destination: { role_arn: 'arn:d', region: 'eu-central-1' }, migrator_role_arn: 'arn:m',
      options: {},
    });
  });

  test('is taken over as far as it may be used here', () => {
    const draft = withAccessOf(request, allowed({ roles: ['arn:d'] }))!;
    expect(draft.source).toEqual(emptyDraft.source);
    expect(draft.destination.role_arn).toBe('arn:d');
    expect(draft.migrator_role_arn).toBe('');
    expect(withAccessOf(request, allowed({}))).toBeUndefined();
    expect(withAccessOf(request, undefined)).toBeUndefined();
  });

  test('does not bring an endpoint or a profile that is not allowed', () => {
    const elsewhere = { kind: 'copy' as const, source: { endpoint: 'http://x' },
      destination: { profile: 'p' }, options: {} };
    expect(withAccessOf(elsewhere, allowed({ roles: ['*'] }))).toBeUndefined();
    expect(withAccessOf(elsewhere, allowed({ profiles: ['p'] }))!.destination.profile).toBe('p');
  });
});

describe('a name for the copy', () => {
  test('is made of the source, where it is one', () => {
    expect(suggestedUri(draft({ source: side('s3://photos/2026') }))).toBe('s3://photos-copy');
    expect(suggestedUri(draft({ source: side('') }))).toBe('');
    expect(suggestedUri(draft({ source: side(`s3://${'a'.repeat(60)}`) }))).toBe('');
    expect(suggestedUri(draft({ kind: 'migrate', source: side('photos') }))).toBe('');
  });

  test('is filled in, and follows the source until somebody types another', () => {
    const first = withSuggestion(draft({ source: side('photos') }), '');
    expect(first.destination.uri).toBe('s3://photos-copy');
    const second = withSuggestion({ ...first, source: side('films') }, 's3://photos-copy');
    expect(second.destination.uri).toBe('s3://films-copy');
    const own = draft({ source: side('films'), destination: side('mine') });
    expect(withSuggestion(own, 's3://films-copy')).toBe(own);
  });
});
