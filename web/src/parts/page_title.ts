import { useEffect } from 'react';

const program = 'S3 migrator';

export function usePageTitle(title: string | undefined): void {
  useEffect(() => {
    document.title = title ?? program;
    return () => {
      document.title = program;
    };
  }, [title]);
}
