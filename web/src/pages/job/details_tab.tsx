import Container from '@cloudscape-design/components/container';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';

import { api } from '../../api/api';
import type { JobDetail, Place } from '../../api/types';
import { Copyable } from '../../parts/copyable';
import { useMayCreate } from '../../state/session';
import { useAnswer } from '../../state/use_answer';
import { curlLine, headerFile, shellLine } from '../../text/command';
import { dash } from '../../text/numbers';

function Side({ name, place }: { name: string; place: Place }) {
  const code = (text: string) => <span className="code">{text || dash}</span>;
  return (
    <Container fitHeight header={<Header variant="h2">{name}</Header>}>
      <KeyValuePairs
        columns={2}
        items={[
          { label: 'Location', value: code(place.uri) },
          { label: 'Region', value: place.region || dash },
          { label: 'Role', value: code(place.role_arn) },
          { label: 'Endpoint', value: place.endpoint ? code(place.endpoint) : 'AWS' },
        ]}
      />
    </Container>
  );
}

function valueText(value: unknown): string {
  if (value === '' || value == null) return dash;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function Options({ spec }: { spec: Record<string, unknown> }) {
  const items = Object.entries(spec)
    .filter(([name]) => name !== 'source' && name !== 'destination')
    .map(([name, value]) => ({
      label: name.replaceAll('_', ' '),
      value: <span className="code">{valueText(value)}</span>,
    }));
  return (
    <Container header={<Header variant="h2">Options</Header>}>
      <KeyValuePairs columns={4} items={items} />
    </Container>
  );
}

function ApiCall({ job }: { job: JobDetail }) {
  const { value } = useAnswer(job.id, () => api.clone(job.id));
  if (!value) return null;
  return (
    <Container header={<Header variant="h2" description={headerFile}>The same job as an API call</Header>}>
      <Copyable text={curlLine(window.location.origin, value)} what="API call" />
    </Container>
  );
}

export function DetailsTab({ job }: { job: JobDetail }) {
  const mayCreate = useMayCreate();
  return (
    <SpaceBetween size="l">
      <ColumnLayout columns={2}>
        <Side name="Source" place={job.source} />
        <Side name="Destination" place={job.destination} />
      </ColumnLayout>
      {job.spec && <Options spec={job.spec} />}
      {job.command.length > 0 && (
        <Container header={<Header variant="h2">The same job as a command line</Header>}>
          <Copyable text={shellLine(job.command)} what="command" />
        </Container>
      )}
      {mayCreate && job.command.length > 0 && <ApiCall job={job} />}
    </SpaceBetween>
  );
}
