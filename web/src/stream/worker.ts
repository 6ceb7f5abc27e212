// Holds the one event stream of all tabs: over HTTP/1.1 a browser opens six connections to a host,
// and a stream for each tab would use them up.
import { streamPath, type PageMessage, type StreamMessage } from './protocol';
import { StreamSource } from './source';

const ports = new Set<MessagePort>();

const source = new StreamSource(
  { open: () => new EventSource(streamPath), now: () => Date.now() },
  (message: StreamMessage) => ports.forEach((port) => port.postMessage(message)),
);

function heard(port: MessagePort, message: PageMessage): void {
  if (message === 'start') {
    ports.add(port);
    source.start();
    port.postMessage(source.status);
    return;
  }
  ports.delete(port);
  if (ports.size === 0) source.stop();
}

const scope = self as unknown as { onconnect: (event: MessageEvent) => void };
scope.onconnect = (event) => {
  const port = event.ports[0];
  if (!port) return;
  port.onmessage = (message: MessageEvent<PageMessage>) => heard(port, message.data);
};
