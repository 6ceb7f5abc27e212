import StatusIndicator from '@cloudscape-design/components/status-indicator';

import type { Job } from '../api/types';
import { standing } from '../text/job_text';

export function StandingBadge({ job }: { job: Job }) {
  const { tone, text } = standing(job);
  return (
    <StatusIndicator type={tone} colorOverride={tone === 'in-progress' ? 'blue' : undefined}>
      <span className="words">{text}</span>
    </StatusIndicator>
  );
}
