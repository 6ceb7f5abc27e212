import Alert from '@cloudscape-design/components/alert';

import { ApiError } from '../../api/client';
import { Trouble } from '../../parts/trouble';
import type { Planning } from '../../state/use_plan';

// Why there is no plan: the request is not right, or the looking failed.
export function PlanTrouble({ planning }: { planning: Planning }) {
  const { result, error, start } = planning;
  const fields = error instanceof ApiError ? (error.problem.errors ?? []) : [];
  if (fields.length > 0) {
    return (
      <Alert type="error" header="The server does not take this">
        <ul>
          {fields.map(({ field, message }) => (
            <li key={field + message}>{field ? `${field}: ${message}` : message}</li>
          ))}
        </ul>
      </Alert>
    );
  }
  if (error) return <Trouble error={error} again={start} />;
  if (result?.problem) return <Alert type="error">{result.problem}</Alert>;
  return null;
}
