import { expect, test } from 'vitest';

import { parseRoute } from './router';

test.each([
  ['', []], ['#/', []], ['#/jobs', ['jobs']], ['#/jobs/a%2Fb/log', ['jobs', 'a/b', 'log']],
  ['#/jobs/%E0%A4%A', ['jobs', '%E0%A4%A']],
])('%s', (hash, path) => expect(parseRoute(hash).path).toEqual(path));

test('a query follows the path', () => {
  const route = parseRoute('#/create?clone=a%20b');
  expect(route.path).toEqual(['create']);
  expect(route.query.get('clone')).toBe('a b');
});
