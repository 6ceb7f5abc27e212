import { applyDensity, applyMode, Density, Mode } from '@cloudscape-design/global-styles';
import { useSyncExternalStore } from 'react';

export interface Settings {
  mode: 'light' | 'dark' | 'system';
  density: 'comfortable' | 'compact';
}

const place = 's3migrator.settings';
const usual: Settings = { mode: 'system', density: 'comfortable' };
const dark = window.matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();

function load(): Settings {
  try {
    return { ...usual, ...(JSON.parse(localStorage.getItem(place) ?? '{}') as Partial<Settings>) };
  } catch {
    return usual; // storage is off, or holds something else
  }
}

let current = load();

export const isDark = () => current.mode === 'dark' || (current.mode === 'system' && dark.matches);

export function applySettings(): void {
  applyMode(isDark() ? Mode.Dark : Mode.Light);
  applyDensity(current.density === 'compact' ? Density.Compact : Density.Comfortable);
}

export function changeSettings(change: Partial<Settings>): void {
  current = { ...current, ...change };
  try {
    localStorage.setItem(place, JSON.stringify(current));
  } catch {
    // Without storage they hold until the page is closed.
  }
  applySettings();
  listeners.forEach((changed) => changed());
}

export function useSettings(): Settings {
  return useSyncExternalStore(
    (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    () => current,
  );
}

dark.addEventListener('change', () => {
  applySettings();
  current = { ...current };
  listeners.forEach((changed) => changed());
});
