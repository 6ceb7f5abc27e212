const parts: [number, string][] = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
];

// The two largest parts: "2 h 30 min".
export function durationText(seconds: number): string {
  let rest = Math.max(0, Math.floor(seconds));
  const first = parts.findIndex(([size]) => rest >= size);
  if (first < 0) return '0 s';
  const words: string[] = [];
  for (const [size, name] of parts.slice(first, first + 2)) {
    const count = Math.floor(rest / size);
    if (count > 0) words.push(`${count} ${name}`);
    rest %= size;
  }
  return words.join(' ');
}

function rangeIn(low: number, high: number, unit: number, name: string): string {
  // Never 0: what is not over takes time.
  const from = Math.max(1, Math.floor(low / unit));
  const to = Math.max(from, Math.ceil(high / unit));
  return from === to ? `${to} ${name}` : `${from}–${to} ${name}`;
}

export function durationRange(low: number, high: number): string {
  if (high < 120) return rangeIn(low, high, 1, 's');
  if (high < 2 * 3_600) return rangeIn(low, high, 60, 'min');
  if (high < 48 * 3_600) return rangeIn(low, high, 3_600, 'h');
  return rangeIn(low, high, 86_400, 'd');
}

// "2026-11-22 11:58:45 UTC", as CloudTrail and the log have it.
export function timeText(time: string | null | undefined): string {
  const parsed = time ? new Date(time) : undefined;
  if (!parsed || Number.isNaN(parsed.getTime())) return '–';
  return `${parsed.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

export function secondsBetween(from: string, to: string): number {
  return Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000);
}
