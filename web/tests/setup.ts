import { cleanup } from '@testing-library/react';
import { afterEach } from 'vitest';

import { forgetAnswers } from './fake_api';

// What happy-dom has not, and no test looks at.
globalThis.EventSource ??= class {
  close() {}
  addEventListener() {}
} as unknown as typeof EventSource;

afterEach(() => {
  cleanup();
  forgetAnswers();
  window.location.hash = '';
});
