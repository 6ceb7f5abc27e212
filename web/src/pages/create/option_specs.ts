import type { JobKind } from '../../api/types';

export interface Choice {
  value: string;
  label: string;
  description?: string;
}

interface Common {
  name: string; // of the command line, without the dashes
  label: string;
  help: string;
  group: string;
  kinds: JobKind[];
}

export type OptionSpec = Common &
  (
    | { form: 'flag' }
    | { form: 'text'; placeholder?: string }
    | { form: 'lines'; placeholder?: string }
    | { form: 'choice'; usual: string; choices: Choice[] }
  );

const both: JobKind[] = ['copy', 'migrate'];
const copy: JobKind[] = ['copy'];
const migrate: JobKind[] = ['migrate'];

const what: OptionSpec[] = [
  {
    name: 'versions', label: 'Versions', group: 'What to copy', kinds: copy, form: 'choice',
    usual: 'latest', help: 'All: every version and delete marker of each key, oldest first.',
    choices: [
      { value: 'latest', label: 'Current objects' },
      { value: 'all', label: 'All versions and delete markers' },
    ],
  },
  {
    name: 'if-exists', label: 'Where the destination has the key', group: 'What to copy', kinds: copy,
    form: 'choice', usual: 'skip-same', help: 'What is the same already is never sent again.',
    choices: [
      { value: 'skip-same', label: 'Copy what differs' },
      { value: 'skip', label: 'Leave it as it is' },
      { value: 'overwrite', label: 'Copy all of it again' },
    ],
  },
  {
    name: 'exclude', label: 'Leave out', group: 'What to copy', kinds: copy, form: 'lines',
    placeholder: '*.tmp', help: 'A pattern a line, after the prefix: * any run, ? one character.',
  },
  {
    name: 'include', label: 'Take in again', group: 'What to copy', kinds: copy, form: 'lines',
    placeholder: 'keep/*', help: 'Of what was left out.',
  },
  {
    name: 'delete', label: 'Delete from the destination what the source does not have',
    group: 'What to copy', kinds: copy, form: 'flag',
    help: 'After everything was copied without a failure, and never more than the limit below.',
  },
  {
    name: 'max-delete', label: 'Of it at most, in percent', group: 'What to copy', kinds: copy,
    form: 'text', placeholder: '10', help: 'Deletes nothing if more than this would go.',
  },
];

const proof: OptionSpec[] = [
  {
    name: 'verify', label: 'Verification', group: 'Verification', kinds: copy, form: 'choice',
    usual: 'listing', help: 'Checksum: where ETags cannot be compared, a HEAD on each side.',
    choices: [
      { value: 'listing', label: 'By size and ETag' },
      { value: 'checksum', label: 'By checksums' },
      { value: 'none', label: 'None' },
    ],
  },
  {
    name: 'strict', label: 'A weak proof counts as a mismatch', group: 'Verification', kinds: copy,
    form: 'flag', help: 'Weak: equal size, and the copy is younger than its source.',
  },
];

const freeze: OptionSpec[] = [
  {
    name: 'freeze', label: 'Close the source to writers', group: 'Freeze and deletion', kinds: migrate,
    form: 'choice', usual: 'late', help: 'It stays closed until the bucket stands in its new place.',
    choices: [
      { value: 'late', label: 'When the first copy is done' },
      { value: 'early', label: 'Before the first copy' },
    ],
  },
  {
    name: 'source-is-quiet', label: 'My word that nobody writes to the source',
    group: 'Freeze and deletion', kinds: migrate, form: 'flag',
    help: 'Only where the service cannot freeze a bucket. It stands in the report.',
  },
  {
    name: 'accept-weak-proof', label: 'Also delete objects proven by size and date alone',
    group: 'Freeze and deletion', kinds: migrate, form: 'flag',
    help: 'Where there is no common checksum, as with SSE-KMS.',
  },
  {
    name: 'keep-temp', label: 'Keep the temporary bucket, days', group: 'Freeze and deletion',
    kinds: migrate, form: 'text', placeholder: '0', help: '0: it is deleted at the end.',
  },
  {
    name: 'allow-reads', label: 'The new bucket may be read before it is complete',
    group: 'Freeze and deletion', kinds: migrate, form: 'flag', help: 'Else it opens when it is.',
  },
  {
    name: 'map', label: 'Rewrite in the configuration', group: 'Freeze and deletion', kinds: migrate,
    form: 'lines', placeholder: 'arn:aws:kms:us-east-1:111111111111:key/a=arn:aws:kms:eu-central-1:222222222222:key/b',
    help: 'FROM=TO, one a line: accounts, ARNs, regions. The two sides of the job are known.',
  },
];

const writing: OptionSpec[] = [
  {
    name: 'storage-class', label: 'Storage class', group: 'How copies are written', kinds: copy,
    form: 'text', placeholder: "The source's own", help: 'STANDARD_IA, INTELLIGENT_TIERING, ...',
  },
  {
    name: 'sse', label: 'Encryption', group: 'How copies are written', kinds: copy, form: 'choice',
    usual: '', help: 'With the key below for the kinds of KMS.',
    choices: [
      { value: '', label: "The bucket's own" },
      { value: 'AES256', label: 'SSE-S3' },
      { value: 'aws:kms', label: 'SSE-KMS' },
      { value: 'aws:kms:dsse', label: 'DSSE-KMS' },
    ],
  },
  {
    name: 'sse-kms-key-id', label: 'KMS key', group: 'How copies are written', kinds: copy,
    form: 'text', help: 'The full ARN if it is in another account.',
  },
  {
    name: 'multipart-threshold', label: 'Copy in parts above', group: 'How copies are written',
    kinds: both, form: 'text', placeholder: '256MiB', help: 'At most 5GiB.',
  },
  {
    name: 'part-size', label: 'Size of the parts', group: 'How copies are written', kinds: both,
    form: 'text', placeholder: "By the object's size", help: '8MiB to 5GiB.',
  },
  {
    name: 'keep-etag', label: 'Keep the ETags of objects that were uploaded in parts',
    group: 'How copies are written', kinds: both, form: 'flag',
    help: 'A strong proof where there are no checksums, for a request a part.',
  },
  {
    name: 'attributes', label: 'Locks, ACLs and redirects', group: 'How copies are written', kinds: both,
    form: 'choice', usual: 'auto', help: 'To carry them, each object is looked at first.',
    choices: [
      { value: 'auto', label: 'Where the bucket may have them' },
      { value: 'all', label: 'Look at every object' },
      { value: 'none', label: 'Leave them behind' },
    ],
  },
  {
    name: 'restore', label: 'Restore archived objects', group: 'How copies are written', kinds: copy,
    form: 'choice', usual: '', help: 'Restores are billed by the service.',
    choices: [
      { value: '', label: 'No: report them' },
      { value: 'Bulk', label: 'Bulk' },
      { value: 'Standard', label: 'Standard' },
      { value: 'Expedited', label: 'Expedited' },
    ],
  },
];

const speed: OptionSpec[] = [
  {
    name: 'concurrency', label: 'Requests in flight', group: 'Access and speed', kinds: both,
    form: 'text', placeholder: 'auto', help: 'auto finds out how many are worth it.',
  },
  {
    name: 'max-requests-per-second', label: 'Requests a second, at most', group: 'Access and speed',
    kinds: both, form: 'text', placeholder: 'No limit', help: 'Both can be changed while it runs.',
  },
  {
    name: 'grant', label: 'Access across accounts', group: 'Access and speed', kinds: both,
    form: 'choice', usual: 'destination-policy', help: 'Taken out again at the end.',
    choices: [
      { value: 'destination-policy', label: "In the destination bucket's policy" },
      { value: 'source-policy', label: "In the source bucket's policy" },
      { value: 'none', label: 'None: access is there already' },
    ],
  },
  {
    name: 'count-first', label: 'Count the source first', group: 'Access and speed', kinds: both,
    form: 'flag', help: 'Exact totals early, for a listing more.',
  },
];

export const optionSpecs: OptionSpec[] = [...what, ...proof, ...freeze, ...writing, ...speed];

export function groupsFor(kind: JobKind): [string, OptionSpec[]][] {
  const groups = new Map<string, OptionSpec[]>();
  for (const spec of optionSpecs) {
    if (!spec.kinds.includes(kind)) continue;
    groups.set(spec.group, [...(groups.get(spec.group) ?? []), spec]);
  }
  return [...groups];
}
