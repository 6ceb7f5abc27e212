import { useSyncExternalStore } from 'react';

// Cloudscape's own breakpoint between one column and more.
const narrow = window.matchMedia('(max-width: 688px)');

export function useIsPhone(): boolean {
  return useSyncExternalStore(
    (changed) => {
      narrow.addEventListener('change', changed);
      return () => narrow.removeEventListener('change', changed);
    },
    () => narrow.matches,
  );
}
