export const token: string;

export interface Told {
  id: string;
  [field: string]: unknown;
}

export class FakeServer {
  constructor(options?: { still?: boolean; jobs?: Told[] });
  still: boolean;
  down: boolean;
  jobs: Told[];
  streams: Set<unknown>;
  requests: { method: string; path: string; body: Record<string, unknown> }[];
  start(port?: number): Promise<string>;
  stop(): Promise<void>;
  dropStreams(): void;
  send(name: string, data: unknown): void;
  changed(job: Told, change: Record<string, unknown>): void;
}
