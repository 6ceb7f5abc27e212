import type { JobRequest, SideRequest } from '../api/types';

// A word as a POSIX shell takes it.
export function shellWord(word: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", "'\\''")}'`;
}

// A line for the shell; options on lines of their own.
export function shellLine(words: string[]): string {
  let line = '';
  words.forEach((word, index) => {
    if (index === 0) line = shellWord(word);
    else line += `${word.startsWith('--') ? ' \\\n  ' : ' '}${shellWord(word)}`;
  });
  return line;
}

const sideOptions: [keyof SideRequest, string][] = [
  ['role_arn', 'role-arn'],
  ['external_id', 'external-id'],
  ['profile', 'profile'],
  ['region', 'region'],
  ['endpoint', 'endpoint-url'],
];

function sideWords(name: string, side: SideRequest): string[] {
  return sideOptions.flatMap(([field, option]) =>
    side[field] ? [`--${name}-${option}`, side[field]] : [],
  );
}

function optionWords(options: JobRequest['options']): string[] {
  return Object.entries(options).flatMap(([name, value]) => {
    if (value === false) return [];
    if (value === true) return [`--${name}`];
    const values = Array.isArray(value) ? value : [String(value)];
    return values.flatMap((each) => [`--${name}`, each]);
  });
}

// The words of the command line that asks for the same.
export function commandWords(request: JobRequest): string[] {
  const places = [request.source.uri ?? ''];
  if (request.kind === 'copy') places.push(request.destination.uri ?? '');
  return [
    's3migrator',
    request.kind,
    ...places,
    ...(request.migrator_role_arn ? ['--migrator-role-arn', request.migrator_role_arn] : []),
    ...sideWords('source', request.source),
    ...sideWords('destination', request.destination),
    ...optionWords(request.options),
  ];
}

// The call of this API that asks for the same. The token stays in a file: what stands on a command line
// every process of the machine can read.
export function curlLine(origin: string, request: JobRequest): string {
  const body = JSON.stringify(request, null, 2);
  return [
    `curl ${origin}/api/v1/jobs \\`,
    '  -H @header \\',
    '  -H "Content-Type: application/json" \\',
    `  -d ${shellWord(body)}`,
  ].join('\n');
}

export const headerFile = 'header: a file of your own with the line "Authorization: Bearer TOKEN".';
