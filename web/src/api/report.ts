// The report that a job leaves behind, as `--report FILE.json` writes it.

import type { EarlierRuns } from './types';

export interface ReportGroup {
  count: number;
  operation: string;
  code: string;
  service_code?: string;
  example_key?: string;
  example_message?: string;
}

export interface Report {
  program: string;
  job: string;
  started: string;
  ended: string;
  outcome: string;
  exit_code: number;
  message: string;
  spec: Record<string, unknown> | null;
  totals: Record<string, number>;
  earlier_runs?: EarlierRuns | null; // the totals are those of the last run
  verification: {
    same_strong: number;
    same_weak: number;
    mismatched: number;
    missing: number;
    extra: number;
    digest: string;
  };
  not_carried_groups?: ReportGroup[];
}
