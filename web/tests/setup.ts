import { cleanup, configure } from '@testing-library/react';
import { afterEach, beforeEach, expect, vi } from 'vitest';

import { forgetAnswers } from './fake_api';

// A machine may be busy with much else.
configure({ asyncUtilTimeout: 10_000 });

// What happy-dom has not, and no test looks at.
globalThis.EventSource ??= class {
  close() {}
  addEventListener() {}
} as unknown as typeof EventSource;

// React says there what it does not like: a list without keys, a change outside of act().
beforeEach(() => {
  vi.spyOn(console, 'error');
});

afterEach(() => {
  cleanup();
  const complaints = vi.mocked(console.error).mock.calls.map(([first]) => String(first));
  vi.restoreAllMocks();
  expect(complaints, 'complaints of React').toEqual([]);
  forgetAnswers();
  window.location.hash = '';
});
