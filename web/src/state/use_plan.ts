import { useCallback, useEffect, useRef, useState } from 'react';

import { api } from '../api/api';
import type { JobRequest, PlanResult } from '../api/types';

export interface Planning {
  result: PlanResult | undefined; // of exactly this request
  running: boolean;
  progress: PlanResult['progress']; // while it runs
  error: Error | undefined;
  start: () => void;
}

const pause = 1_000;

const wait = (milliseconds: number) =>
  new Promise<void>((resolve) => {
    setTimeout(resolve, milliseconds);
  });

async function follow(
  request: JobRequest,
  signal: AbortSignal,
  tell: (progress: PlanResult['progress']) => void,
): Promise<PlanResult> {
  const { plan_id: id } = await api.plan(request);
  for (;;) {
    const result = await api.planned(id, signal);
    if (result.state !== 'running') return result;
    tell(result.progress);
    await wait(pause);
    signal.throwIfAborted();
  }
}

interface Kept {
  key?: string;
  result?: PlanResult;
  error?: Error;
  progress?: PlanResult['progress'];
  running: boolean;
}

// A plan for `request`; what was planned for another request is no plan for this one.
export function usePlan(request: JobRequest): Planning {
  const key = JSON.stringify(request);
  const [kept, setKept] = useState<Kept>({ running: false });
  const stop = useRef<AbortController>(undefined);
  useEffect(() => () => stop.current?.abort(), []);

  const start = useCallback(() => {
    stop.current?.abort();
    const mine = new AbortController();
    stop.current = mine;
    setKept({ key, running: true });
    const tell = (progress: PlanResult['progress']) => {
      if (!mine.signal.aborted) setKept({ key, progress, running: true });
    };
    follow(JSON.parse(key) as JobRequest, mine.signal, tell).then(
      (result) => {
        if (!mine.signal.aborted) setKept({ key, result, running: false });
      },
      (error: unknown) => {
        if (mine.signal.aborted) return;
        const said = error instanceof Error ? error : new Error(String(error));
        setKept({ key, error: said, running: false });
      },
    );
  }, [key]);

  const mine = kept.key === key;
  return {
    result: mine ? kept.result : undefined,
    running: mine && kept.running,
    progress: mine ? kept.progress : undefined,
    error: mine ? kept.error : undefined,
    start,
  };
}
