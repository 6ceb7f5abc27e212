const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];

export interface Unit {
  name: string;
  bytes: number;
}

// The largest unit in which `bytes` is at least one.
export function unitFor(bytes: number): Unit {
  let power = 0;
  let size = 1;
  while (power + 1 < units.length && bytes >= size * 1024) {
    size *= 1024;
    power += 1;
  }
  return { name: units[power]!, bytes: size };
}

// Three significant digits, rounded down: what is shown as done is done.
export function digits(value: number): string {
  if (value >= 100 || value === 0) return String(Math.floor(value));
  const factor = value >= 10 ? 10 : 100;
  return (Math.floor(value * factor) / factor).toFixed(value >= 10 ? 1 : 2);
}

export function inUnit(bytes: number, unit: Unit): string {
  return unit.bytes === 1 ? String(Math.floor(bytes)) : digits(bytes / unit.bytes);
}

export function bytesText(bytes: number): string {
  const unit = unitFor(bytes);
  return `${inUnit(bytes, unit)} ${unit.name}`;
}

// Both in the unit of the total, so that they compare at a glance.
export function bytesOf(done: number, total: number): string {
  const unit = unitFor(Math.max(done, total));
  return `${inUnit(done, unit)} of ${inUnit(total, unit)} ${unit.name}`;
}
