// What the event stream says to a page, by way of the worker that holds it for all tabs.

export type StreamStatus = 'connecting' | 'open' | 'lost';

export const eventNames = [
  'job', 'progress', 'step', 'failure', 'note', 'summary', 'gone',
] as const;
export type EventName = (typeof eventNames)[number];

export interface JobMessage {
  kind: 'event';
  name: EventName;
  jobId: string;
  event: unknown;
}

export type StreamMessage =
  | { kind: 'status'; status: StreamStatus; since: number } // since: milliseconds of the epoch
  | { kind: 'reset' } // events may have been missed: read again
  | JobMessage;

export type PageMessage = 'start' | 'stop';

export const streamPath = '/api/v1/stream';
