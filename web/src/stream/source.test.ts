import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import type { StreamMessage } from './protocol';
import { StreamSource } from './source';

class FakeEventSource extends EventTarget {
  static made: FakeEventSource[] = [];
  readyState = 0;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  closed = false;
  constructor() {
    super();
    FakeEventSource.made.push(this);
  }
  close() {
    this.closed = true;
  }
  say(name: string, data: unknown) {
    const text = typeof data === 'string' ? data : JSON.stringify(data);
    this.dispatchEvent(new MessageEvent(name, { data: text }));
  }
  break(readyState: number) {
    this.readyState = readyState;
    this.onerror?.();
  }
}

let heard: StreamMessage[];
let source: StreamSource;
const kinds = () => heard.map((each) => (each.kind === 'status' ? each.status : each.kind));
const last = () => FakeEventSource.made[FakeEventSource.made.length - 1]!;

beforeEach(() => {
  vi.useFakeTimers();
  FakeEventSource.made = [];
  heard = [];
  source = new StreamSource(
    { open: () => new FakeEventSource() as unknown as EventSource, now: () => Date.now() },
    (message) => heard.push(message),
  );
  source.start();
});
afterEach(() => vi.useRealTimers());

describe('the event stream', () => {
  test('is opened once, and tells what it hears', () => {
    source.start();
    expect(FakeEventSource.made).toHaveLength(1);
    last().onopen?.();
    last().say('progress', { job_id: 'j1', event: { percent: 3 } });
    expect(heard).toMatchObject([
      { kind: 'status', status: 'open' },
      { kind: 'event', name: 'progress', jobId: 'j1', event: { percent: 3 } },
    ]);
  });

  test('leaves it to the browser to come back, which says what it saw last', () => {
    last().onopen?.();
    last().break(0);
    vi.advanceTimersByTime(60_000);
    expect(FakeEventSource.made).toHaveLength(1);
    last().onopen?.();
    expect(kinds()).toEqual(['open', 'lost', 'open']);
  });

  test('is opened anew where the browser has given up, and then says that something is missing', () => {
    last().onopen?.();
    last().break(2);
    vi.advanceTimersByTime(1_000);
    expect(FakeEventSource.made).toHaveLength(2);
    last().break(2);
    vi.advanceTimersByTime(1_000);
    expect(FakeEventSource.made).toHaveLength(2); // it waits longer each time
    vi.advanceTimersByTime(1_000);
    last().onopen?.();
    expect(kinds()).toEqual(['open', 'lost', 'open', 'reset']);
  });

  test('that beats no more is lost', () => {
    last().onopen?.();
    last().say('heartbeat', {});
    vi.advanceTimersByTime(39_000);
    last().say('heartbeat', {});
    vi.advanceTimersByTime(39_000);
    expect(kinds()).toEqual(['open']);
    vi.advanceTimersByTime(2_000);
    expect(kinds()).toEqual(['open', 'lost']);
    expect(FakeEventSource.made[0]!.closed).toBe(true);
    vi.advanceTimersByTime(1_000);
    expect(FakeEventSource.made).toHaveLength(2);
  });

  test('tries at once when a page starts it while it waits', () => {
    last().onopen?.();
    last().break(2);
    source.start();
    expect(FakeEventSource.made).toHaveLength(2);
    last().onopen?.();
    vi.advanceTimersByTime(60_000);
    expect(FakeEventSource.made).toHaveLength(2);
    expect(kinds()).toEqual(['open', 'lost', 'open', 'reset']);
  });

  test('that never beat may be silent', () => {
    last().onopen?.();
    vi.advanceTimersByTime(600_000);
    expect(kinds()).toEqual(['open']);
  });

  test('asks for everything where a message is no JSON', () => {
    last().onopen?.();
    last().say('progress', 'half a mess');
    expect(kinds()).toEqual(['open', 'reset']);
  });

  test('is closed when it is stopped', () => {
    last().onopen?.();
    source.stop();
    expect(last().closed).toBe(true);
    vi.advanceTimersByTime(60_000);
    expect(FakeEventSource.made).toHaveLength(1);
  });
});
