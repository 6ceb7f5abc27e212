import { useEffect } from 'react';

import { useLine } from '../stream/stream';

const program = 'S3 migrator';

export function usePageTitle(title: string | undefined): void {
  const stale = useLine().status === 'lost' ? '(stale) ' : '';
  useEffect(() => {
    document.title = stale + (title ?? program);
    return () => {
      document.title = program;
    };
  }, [title, stale]);
}
