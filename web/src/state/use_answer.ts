import { useCallback, useEffect, useRef, useState } from 'react';

export interface Answer<T> {
  value: T | undefined;
  error: Error | undefined;
  loading: boolean;
  read(): void;
  set(change: (value: T) => T): void;
}

// Reads when `key` changes and when asked to; an answer that came too late is dropped. A failed
// repetition leaves what was there, with the error beside it.
export function useAnswer<T>(
  key: string | undefined,
  ask: (signal: AbortSignal) => Promise<T>,
): Answer<T> {
  const [state, setState] = useState<{ key?: string; value?: T; error?: Error; loading: boolean }>({
    loading: true,
  });
  const [round, setRound] = useState(0);
  const latest = useRef(ask);
  latest.current = ask;

  useEffect(() => {
    if (key === undefined) return undefined;
    const stop = new AbortController();
    setState((before) => ({ ...before, loading: true }));
    latest.current(stop.signal).then(
      (value) => {
        if (!stop.signal.aborted) setState({ key, value, loading: false });
      },
      (error: unknown) => {
        if (stop.signal.aborted) return;
        setState((before) => ({
          key,
          value: before.key === key ? before.value : undefined,
          error: error instanceof Error ? error : new Error(String(error)),
          loading: false,
        }));
      },
    );
    return () => stop.abort();
  }, [key, round]);

  const read = useCallback(() => setRound((count) => count + 1), []);
  const set = useCallback(
    (change: (value: T) => T) =>
      setState((before) =>
        before.value === undefined ? before : { ...before, value: change(before.value) },
      ),
    [],
  );
  return { value: state.value, error: state.error, loading: state.loading, read, set };
}

// At most one call in `pause` milliseconds, the last one not lost.
export function useThrottled(call: () => void, pause: number): () => void {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const latest = useRef(call);
  latest.current = call;
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
  return useCallback(() => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      latest.current();
    }, pause);
  }, [pause]);
}
