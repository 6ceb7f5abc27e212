import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';

import { ApiError } from '../api/client';

// An answer that did not come, with the way to ask again.
export function Trouble({ error, again }: { error: Error; again?: () => void }) {
  const request = error instanceof ApiError ? error.problem.request_id : undefined;
  return (
    <Alert type="error" action={again && <Button onClick={again}>Try again</Button>}>
      {error.message}
      {request ? ` (request ${request})` : ''}
    </Alert>
  );
}
