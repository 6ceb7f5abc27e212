import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';

import { follow } from '../router';

export function NoJobs({ mayCreate }: { mayCreate: boolean }) {
  return (
    <Box textAlign="center" margin={{ vertical: 'l' }}>
      <SpaceBetween size="s">
        <Box variant="strong">No jobs yet</Box>
        <Box color="text-body-secondary">
          A copy fills a bucket of another account or region. A migration moves a bucket with its
          name.
        </Box>
        {mayCreate && <Button href="#/create" onFollow={follow}>Create job</Button>}
      </SpaceBetween>
    </Box>
  );
}

export function NoMatch({ clear }: { clear: () => void }) {
  return (
    <Box textAlign="center" margin={{ vertical: 'l' }}>
      <SpaceBetween size="s">
        <Box variant="strong">No job matches</Box>
        <Button onClick={clear}>Clear filter</Button>
      </SpaceBetween>
    </Box>
  );
}
