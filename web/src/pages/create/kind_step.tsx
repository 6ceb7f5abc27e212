import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Tiles from '@cloudscape-design/components/tiles';

import type { JobKind } from '../../api/types';

interface Props {
  kind: JobKind;
  change: (kind: JobKind) => void;
}

export function KindStep({ kind, change }: Props) {
  return (
    <Container header={<Header variant="h2">What should happen</Header>}>
      <Tiles
        ariaLabel="Kind of job"
        value={kind}
        onChange={({ detail }) => change(detail.value as JobKind)}
        items={[
          {
            value: 'copy',
            label: 'Copy',
            description:
              'Fills a bucket or prefix of another account, region or provider, and proves every object. The source stays as it is.',
          },
          {
            value: 'migrate',
            label: 'Migration',
            description:
              'Moves a bucket with its name to another account or region, by way of a temporary bucket. Deletes the source, after your confirmation, when every object is proven to be elsewhere.',
          },
        ]}
      />
    </Container>
  );
}
