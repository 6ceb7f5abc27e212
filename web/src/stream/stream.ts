import { useEffect, useRef, useSyncExternalStore } from 'react';

import { streamPath, type PageMessage, type StreamMessage, type StreamStatus } from './protocol';
import { StreamSource } from './source';

type Listener = (message: StreamMessage) => void;
type Line = (message: PageMessage) => void;

const listeners = new Set<Listener>();
const watchers = new Set<() => void>();
let line: { status: StreamStatus; since: number } = { status: 'connecting', since: Date.now() };
let say: Line | undefined;

// Every message goes through here; tests speak as the server does.
export function deliver(message: StreamMessage): void {
  if (message.kind === 'status') {
    line = { status: message.status, since: message.since };
    watchers.forEach((changed) => changed());
  }
  listeners.forEach((listener) => listener(message));
}

function inSharedWorker(): Line {
  const worker = new SharedWorker(new URL('./worker.ts', import.meta.url), {
    type: 'module',
    name: 's3migrator-stream',
  });
  worker.port.onmessage = (event: MessageEvent<StreamMessage>) => deliver(event.data);
  window.addEventListener('pagehide', () => worker.port.postMessage('stop'));
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) worker.port.postMessage('start');
  });
  return (message) => worker.port.postMessage(message);
}

// Some phones have no SharedWorker: the page holds its own stream.
function inThisPage(): Line {
  const source = new StreamSource(
    { open: () => new EventSource(streamPath), now: () => Date.now() },
    deliver,
  );
  return (message) => (message === 'start' ? source.start() : source.stop());
}

export function startStream(): void {
  say ??= typeof SharedWorker === 'function' ? inSharedWorker() : inThisPage();
  say('start');
}

export function stopStream(): void {
  say?.('stop');
}

export function useStream(listener: Listener): void {
  const latest = useRef(listener);
  latest.current = listener;
  useEffect(() => {
    const mine: Listener = (message) => latest.current(message);
    listeners.add(mine);
    return () => {
      listeners.delete(mine);
    };
  }, []);
}

export function useLine(): { status: StreamStatus; since: number } {
  return useSyncExternalStore(
    (changed) => {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
    () => line,
  );
}
