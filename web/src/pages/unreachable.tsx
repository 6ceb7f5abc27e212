import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';

import { Trouble } from '../parts/trouble';

export function Unreachable({ error, again }: { error: Error; again: () => void }) {
  return (
    <main className="sign-in">
      <SpaceBetween size="l">
        <Box variant="h1">S3 migrator</Box>
        <Trouble error={error} again={again} />
      </SpaceBetween>
    </main>
  );
}
