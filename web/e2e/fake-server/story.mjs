// The jobs that the fake server tells of: one in every state that the page has to show.

const GiB = 2 ** 30;
const hour = 3_600_000;

const at = (hours) => new Date(Date.now() - hours * hour).toISOString();

const place = (bucket, prefix, region, account) => ({
  uri: `s3://${bucket}${prefix ? `/${prefix}` : ''}`, bucket, prefix, region, endpoint: '',
  role_arn: `arn:aws:iam::${account}:role/S3Migrator`,
});

export const progress = (part) => ({
  v: 1, type: 'progress', job: '', attempt: 1, seq: 100, time: at(0), step: 'copy', step_number: 4,
  step_count: 7, percent: 42, objects_done: 513_760, bytes_done: 1_740 * GiB,
  objects_total: 1_204_331, bytes_total: 4_100 * GiB, totals_final: true, totals_estimated: false,
  copied: 495_556, skipped: 18_204, failed: 37, retried: 412, throttled: 96, requests: 702_113,
  in_flight: 256, budget: 256, rate_limit: 3_500, elapsed_seconds: 9_000, objects_per_second: 314,
  bytes_per_second: 1.08 * GiB, bytes_per_second_average: 0.94 * GiB, eta_low_seconds: 2_580,
  eta_high_seconds: 3_420, ...part,
});

const step = (number, name, state, from, to, message, percent = 5) => ({
  step: name, number, state, percent, started: at(from), ended: to === null ? null : at(to), message,
});

const copySteps = [
  step(1, 'preflight', 'done', 2.5, 2.49, 's3://prod-assets-us/media in us-east-1 -> s3://prod-assets-eu/media in eu-central-1', 0),
  step(2, 'destination', 'done', 2.49, 2.488, 'the bucket is there'),
  step(3, 'grant', 'done', 2.488, 2.48, "the source role may write: a statement in the destination bucket's policy"),
  step(4, 'copy', 'started', 2.48, null, ''),
];

const migrateSteps = [
  step(1, 'preflight', 'done', 30, 29.9, '12 permissions proven', 0),
  step(2, 'temporary-bucket', 'done', 29.9, 29.89, 's3m-photos-7f3a91 in eu-central-1'),
  step(3, 'grant', 'done', 29.89, 29.88, 'the source role may write'),
  step(4, 'copy', 'done', 29.88, 4, '48,201 objects, 310 GiB', 49),
  step(5, 'freeze', 'done', 4, 3.7, 'nobody but this job can write', 49),
  step(6, 'delta', 'done', 3.7, 3.5, '12 objects had changed', 49),
  step(7, 'prove', 'done', 3.5, 2, '48,201 objects and their attributes are the same', 49),
  step(8, 'confirm', 'started', 2, null, 'waits for the name of the bucket', 49),
];

const spec = {
  grant: 'destination-policy', multipart_threshold: 268_435_456, part_size: 0, keep_etag: false,
  storage_class: '', sse: '', sse_kms_key_id: '', if_exists: 'skip-same', verify: 'listing',
  count_first: false, versions: 'latest', strict: false, delete: false, attributes: 'auto',
};

const digest = '6b1f0c2e94d7a35d8b2fce01a7e4b96d3f5a8c7e21d0b4f6987a1c3e5d2f4b60';

const none = {
  pause: false, resume: false, cancel: false, retry: false, retry_selected: false, undo: false,
  confirm: false, delete: false,
};

function job(id, part) {
  return {
    id, kind: 'copy', state: 'done', exit_code: null, attempt: 1, created_at: at(2.5),
    updated_at: at(0.1), percent: 0, outcome: null, message: '', waiting_for: null, here: false,
    progress: null, spec, command: [], steps: [], resumed_from: null, limits: null,
    confirmation: null, regime: null, summary: null, has_failures: false, earlier_runs: null,
    intents: [],
    actions: [], ...part,
    may: { ...none, ...part.may },
  };
}

const ended = (objects, bytes, failed) =>
  progress({
    step: 'verify', step_number: 5, percent: 99, objects_done: objects - failed, bytes_done: bytes,
    objects_total: objects, bytes_total: bytes, failed, copied: objects - failed, skipped: 0,
    in_flight: 0, eta_low_seconds: undefined, eta_high_seconds: undefined,
  });

const summary = (outcome, exit_code, objects, bytes, failed, elapsed_seconds) => ({
  v: 1, type: 'summary', job: '', attempt: 1, seq: 900, time: at(1), outcome, exit_code, objects, bytes,
  copied: objects - failed, copied_bytes: bytes, skipped: 0, deleted: 0, failed, message: '', digest,
  same_strong: objects - failed, same_weak: 0, mismatched: 0, missing: failed, extra: 0, elapsed_seconds,
});

export function story() {
  return [
    job('20261122-7f3a91', {
      state: 'running', percent: 42, here: true, has_failures: true, created_at: at(2.5),
      source: place('prod-assets-us', 'media', 'us-east-1', '111122223333'),
      destination: place('prod-assets-eu', 'media', 'eu-central-1', '444455556666'),
      progress: progress({}), steps: copySteps, attempt: 2, resumed_from: 'copy',
      limits: { concurrency: null, max_requests_per_second: 3_500 },
      command: [
        's3migrator', 'copy', 's3://prod-assets-us/media', 's3://prod-assets-eu/media',
        '--source-role-arn', 'arn:aws:iam::111122223333:role/S3Migrator',
        '--destination-role-arn', 'arn:aws:iam::444455556666:role/S3Migrator',
        '--max-requests-per-second', '3500',
      ],
      actions: [{
        time: at(1), action: 'limits', role: 'operator', peer: '127.0.0.1',
        detail: '3,500 requests a second',
      }],
      may: { pause: true, cancel: true },
    }),
    job('20261121-c0ffee', {
      kind: 'migrate', state: 'paused', percent: 49, waiting_for: 'confirmation', exit_code: 130,
      source: place('photos', '', 'us-east-1', '111122223333'),
      destination: { ...place('photos', '', 'eu-central-1', '444455556666') },
      created_at: at(30), steps: migrateSteps, regime: 'untouched',
      progress: progress({
        step: 'confirm', step_number: 8, step_count: 19, percent: 49, objects_done: 48_201,
        objects_total: 48_201, bytes_done: 310 * GiB, bytes_total: 310 * GiB, failed: 0,
        copied: 48_201, skipped: 0, in_flight: 0,
      }),
      confirmation: {
        bucket: 'photos', temporary_bucket: 's3m-photos-7f3a91', digest, objects: 48_201,
        bytes: 310 * GiB, weak: 0, frozen: true, all_versions: false, settings_changed: 2,
        uploads: '1 unfinished multipart upload of the source is not carried and goes with the bucket; ' +
          'the first is of 2026/reel.mov, begun 2026-11-20T08:14:02Z',
        not_carried: 3, losses: [{ attribute: 'acl', count: 3, why: 'ACLs are off in the new bucket' }],
        settings_not_carried: 1, settings_lost: ['accelerate: the target region has none'], id: 'a5ced',
      },
      may: { resume: true, undo: true, confirm: true },
    }),
    job('20261122-0b1e55', {
      state: 'running', percent: 6, here: true,
      source: place('acme-logs', '', 'us-west-2', '111122223333'),
      destination: place('acme-logs-archive', '', 'us-east-2', '444455556666'), created_at: at(0.1),
      progress: progress({
        percent: 6, objects_done: 8_113, objects_total: 532_040, bytes_done: 2 * GiB,
        bytes_total: 922 * GiB, totals_final: false, failed: 0, retried: 0, throttled: 0,
        eta_low_seconds: undefined, eta_high_seconds: undefined, elapsed_seconds: 55,
      }),
      may: { pause: true, cancel: true },
    }),
    job('20261120-beef00', {
      state: 'paused', percent: 81, created_at: at(50), exit_code: 130,
      source: place('ml-datasets', '', 'us-east-1', '111122223333'),
      destination: place('ml-datasets-prod', '', 'us-east-1', '444455556666'),
      progress: progress({ percent: 81, objects_done: 73_088, objects_total: 90_233,
        bytes_done: 17_800 * GiB, bytes_total: 22_000 * GiB, failed: 0 }),
      may: { resume: true, cancel: true },
    }),
    job('20261119-5ca1ab', {
      state: 'done', percent: 100, exit_code: 0, outcome: 'verified', created_at: at(80),
      message: '48,201 objects are the same on both sides.',
      source: place('exports-legacy', '', 'eu-west-1', '111122223333'),
      destination: place('exports', '', 'eu-central-1', '444455556666'),
      progress: ended(48_201, 310 * GiB, 0), summary: summary('verified', 0, 48_201, 310 * GiB, 0, 5_180),
      may: { retry: true, delete: true },
    }),
    job('20261118-facade', {
      state: 'failed-objects', percent: 99, exit_code: 3, outcome: 'failed-objects', created_at: at(99),
      message: '198 objects could not be copied.', has_failures: true,
      source: place('backup-2019', '', 'us-east-1', '111122223333'),
      destination: place('org-backup', '', 'us-east-1', '444455556666'),
      progress: ended(220_113, 61_000 * GiB, 198), summary: summary('failed-objects', 3, 220_113, 61_000 * GiB, 198, 71_000),
      may: { retry: true, retry_selected: true, delete: true },
    }),
    job('20261117-dec0de', {
      state: 'failed', percent: 2, exit_code: 1, outcome: 'fatal', created_at: at(120),
      message: 'ListObjectsV2 s3://www-old: access denied (HTTP 403, request id 4Q8Z). Give the source role s3:ListBucket on it.',
      source: place('www-old', '', 'ap-northeast-1', '111122223333'),
      destination: place('www', '', 'ap-southeast-1', '444455556666'),
      progress: ended(3_201, 2 * GiB, 0), may: { resume: true, delete: true },
    }),
  ];
}

export const failures = Array.from({ length: 37 }, (_, index) => {
  const denied = index % 3 !== 0;
  return {
    number: index + 1, time: at(2 - index / 50), operation: 'CopyObject', bucket: 'prod-assets-eu',
    key: index === 4
      ? 'media/<script>alert(1)</script>.html'
      : `media/2023/0${1 + (index % 9)}/customer-${1_000 + index}/original-upload-${index}.parquet`,
    version: '', code: denied ? 'access_denied' : 'throttled',
    service_code: denied ? 'AccessDenied' : 'SlowDown', http_status: denied ? 403 : 503,
    request_id: `9F2K${1_000 + index}`,
    message: denied
      ? 'kms:Decrypt is not granted on key 1234abcd-12ab-34cd-56ef-1234567890ab'
      : 'Reduce your request rate.',
  };
});

export const groups = [
  {
    code: 'access_denied', service_code: 'AccessDenied', operation: 'CopyObject', count: 24,
    hint: 'Give the source role kms:Decrypt on the key that the message names, then retry.',
    example_key: failures[1].key, example_message: failures[1].message,
  },
  {
    code: 'throttled', service_code: 'SlowDown', operation: 'CopyObject', count: 13,
    hint: 'S3 had too many requests. Retry them later, or with fewer requests a second.',
    example_key: failures[0].key, example_message: failures[0].message,
  },
];

export const samples = Array.from({ length: 240 }, (_, index) => {
  const slow = index > 110 && index < 130;
  const wave = 0.85 + 0.2 * Math.sin(index / 14) + 0.06 * Math.sin(index * 1.7);
  return {
    t: new Date(Date.now() - (240 - index) * 37_500).toISOString(),
    bytes_per_second: (slow ? 0.36 : wave) * GiB, objects_per_second: (slow ? 110 : 314 * wave),
    in_flight: slow ? 96 : 256, throttled: slow ? (index - 110) * 5 : index >= 130 ? 96 : 0,
    retried: Math.floor(index * 1.7),
  };
});

export const report = {
  version: 1, program: 's3migrator 0.1.0', job: '20261119-5ca1ab', started: at(80), ended: at(78.5),
  outcome: 'verified', exit_code: 0, message: '48,201 objects are the same on both sides.', spec,
  steps: [], versions: null, failure_groups: [], not_carried_groups: [],
  totals: {
    objects: 48_201, bytes: 310 * GiB, copied: 48_201, copied_bytes: 310 * GiB, skipped: 0,
    deleted: 0, failed: 0, not_carried: 0, not_looked_at: 0, requests: 61_033, retried: 12,
    throttled: 0, seconds: 5_180,
  },
  verification: { same_strong: 48_198, same_weak: 3, mismatched: 0, missing: 0, extra: 0, digest },
};

export const events = (id) =>
  [
    ...copySteps.map((each) => ({
      type: 'step', step: each.step, step_number: each.number, state: each.state, percent: 5,
      message: each.message, time: each.started,
    })),
    { type: 'note', level: 'warning', time: at(1.9), message: 'S3 answered SlowDown for media/2023/: this range goes slower.' },
    {
      type: 'note', level: 'info', time: at(1),
      message: 'In the console: limits 3,500 requests a second, by operator at 127.0.0.1',
    },
    ...failures.slice(0, 5).map((each) => ({ type: 'failure', ...each })),
  ].map((event, index) => ({ v: 1, job: id, attempt: 1, seq: index + 1, ...event }));

const policy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{
    Effect: 'Allow', Action: ['s3:GetObjectTagging', 's3:GetObjectVersion'],
    Resource: 'arn:aws:s3:::prod-assets-us/*',
  }],
});

const permission = (side, action, verdict, how) => ({
  side, action, verdict, how, resource: `arn:aws:s3:::prod-assets-${side === 'source' ? 'us' : 'eu'}`,
  policy_json: verdict === 'denied' ? policy : '',
});

export const plan = {
  id: 'plan-1', state: 'done', refusals: [], problem: null, notes: [], progress: null,
  policies: { source: policy, destination: '' },
  permissions: [
    permission('source', 's3:ListBucket', 'proven', 'listed'),
    permission('source', 's3:GetObject', 'proven', 'read the first key'),
    permission('source', 's3:GetObjectTagging', 'denied', '403 on the first key'),
    permission('source', 's3:DeleteObject', 'unproven', 'never tried'),
    permission('destination', 's3:ListBucket', 'proven', 'listed'),
    permission('destination', 's3:PutBucketPolicy', 'inferred', 'SimulatePrincipalPolicy'),
  ],
  plan: {
    v: 1, type: 'plan', objects: 1_204_331, bytes: 4_100 * GiB, same: 18_204, same_weak: 0,
    to_copy: 1_186_127, to_copy_bytes: 4_020 * GiB, multipart: 2_310, requests: 1_450_000,
    destination_objects: 18_204, destination_only: 0, archived: 0, deletes: false,
    first_key: 'media/2019/a.jpg', last_key: 'media/2026/z.jpg', destination_exists: true,
    destination_region: 'eu-central-1', low_dollars: 84.5, high_dollars: 97.2,
    prices_as_of: '2026-10', low_seconds: 3_600, high_seconds: 9_000,
    prices: [
      { what: 'requests', low: 6.5, high: 7.2 }, { what: 'transfer between regions', low: 78, high: 90 },
    ],
    times: [{ what: 'copy', low: 3_000, high: 8_000 }, { what: 'verify', low: 600, high: 1_000 }],
    warnings: ['list prices, without volume tiers'],
  },
};

const statement = (account) => JSON.stringify({
  Version: '2012-10-17',
  Statement: [{
    Sid: 'Readers', Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action: 's3:GetObject', Resource: 'arn:aws:s3:::photos/*',
  }],
});
const tags = '<Tagging><TagSet><Tag><Key>team</Key><Value>albums</Value></Tag></TagSet></Tagging>';

export const configuration = [
  { name: 'tags', state: 'same', source: tags, destination: tags, note: '' },
  {
    name: 'policy', state: 'rewritten', source: statement('111122223333'),
    destination: statement('444455556666'), note: '1 account of the source is now the new one.',
  },
  {
    name: 'replication', state: 'not-carried', source: '<ReplicationConfiguration/>',
    destination: null, note: 'The replication role belongs to the old account.',
  },
];
