import { useSyncExternalStore } from 'react';

export interface Route {
  path: string[]; // "#/jobs/a%2Fb" is ["jobs", "a/b"]
  query: URLSearchParams;
}

export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const decode = (part: string) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  };
  return { path: path.split('/').filter(Boolean).map(decode), query: new URLSearchParams(query) };
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(subscribe, () => window.location.hash);
  return parseRoute(hash);
}

function subscribe(changed: () => void) {
  window.addEventListener('hashchange', changed);
  return () => window.removeEventListener('hashchange', changed);
}

export function go(href: string): void {
  window.location.hash = href;
}

// For the anchors of components that would load a page.
export function follow(event: CustomEvent<{ href?: string; external?: boolean }>): void {
  if (!event.detail.href?.startsWith('#') || event.detail.external) return;
  event.preventDefault();
  go(event.detail.href);
}
