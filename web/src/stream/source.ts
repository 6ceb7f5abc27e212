import { eventNames, type EventName, type StreamMessage, type StreamStatus } from './protocol';

export interface StreamDoor {
  open(): EventSource;
  now(): number;
}

const shortestPause = 1_000;
const longestPause = 15_000;
// The server beats every 15 s; a laptop that slept leaves a connection that never ends.
const longestSilence = 40_000;

// One connection to the event stream, kept up: it says what it hears and how the line is.
export class StreamSource {
  private source: EventSource | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private pause = shortestPause;
  private beats = false;
  private missedSome = false;
  private last: { status: StreamStatus; since: number };

  constructor(
    private readonly door: StreamDoor,
    private readonly deliver: (message: StreamMessage) => void,
  ) {
    this.last = { status: 'connecting', since: door.now() };
  }

  get status(): StreamMessage {
    return { kind: 'status', ...this.last };
  }

  // Where it waits to try again, it tries now: somebody has signed in.
  start(): void {
    if (!this.source) this.connect();
    else if (this.last.status === 'lost') {
      this.pause = shortestPause;
      this.missedSome = true;
      this.connect();
    }
  }

  stop(): void {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = undefined;
    this.missedSome = true;
  }

  private connect(): void {
    clearTimeout(this.timer);
    this.source?.close();
    const source = this.door.open();
    this.source = source;
    source.onopen = () => this.opened();
    source.onerror = () => this.failed(source);
    source.addEventListener('heartbeat', () => {
      this.beats = true;
      this.watch();
    });
    source.addEventListener('reset', () => this.deliver({ kind: 'reset' }));
    for (const name of eventNames) {
      source.addEventListener(name, (event) => this.heard(name, event as MessageEvent<string>));
    }
  }

  private opened(): void {
    clearTimeout(this.timer);
    this.pause = shortestPause;
    this.set('open');
    this.watch();
    // A new EventSource does not say what it saw last, so something may be missing.
    if (this.missedSome) this.deliver({ kind: 'reset' });
    this.missedSome = false;
  }

  private heard(name: EventName, message: MessageEvent<string>): void {
    this.watch();
    try {
      const { job_id: jobId, event } = JSON.parse(message.data) as {
        job_id: string;
        event?: unknown;
      };
      this.deliver({ kind: 'event', name, jobId, event });
    } catch {
      this.deliver({ kind: 'reset' });
    }
  }

  private failed(source: EventSource): void {
    if (source !== this.source) return;
    this.set('lost');
    // While it is CONNECTING the browser tries again by itself, with Last-Event-ID.
    if (source.readyState === 2) this.again();
  }

  private again(): void {
    this.missedSome = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.connect(), this.pause);
    this.pause = Math.min(longestPause, this.pause * 2);
  }

  private watch(): void {
    if (this.last.status !== 'open') this.set('open');
    if (!this.beats) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.set('lost');
      this.source?.close();
      this.again();
    }, longestSilence);
  }

  private set(status: StreamStatus): void {
    if (status === this.last.status) return;
    this.last = { status, since: this.door.now() };
    this.deliver(this.status);
  }
}
