import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';

import type { JobRequest, SideRequest } from '../../api/types';
import { Copyable } from '../../parts/copyable';
import type { Planning } from '../../state/use_plan';
import { commandWords, curlLine, headerFile, shellLine } from '../../text/command';
import { counted } from '../../text/numbers';
import { PlanPanel } from './plan_figures';
import { PlanTrouble } from './plan_trouble';

interface SideProps {
  title: string;
  side: SideRequest;
  edit: () => void;
}

const labels: [keyof SideRequest, string][] = [
  ['uri', 'Location'], ['role_arn', 'Role ARN'], ['external_id', 'External id'],
  ['profile', 'Profile'], ['region', 'Region'], ['endpoint', 'Endpoint'],
];

function Side({ title, side, edit }: SideProps) {
  const items = labels
    .filter(([field]) => side[field])
    .map(([field, label]) => ({ label, value: <span className="code">{side[field]}</span> }));
  return (
    <Container
      fitHeight
      header={
        <Header
          variant="h2"
          actions={<Button ariaLabel={`Edit ${title.toLowerCase()}`} onClick={edit}>Edit</Button>}
        >
          {title}
        </Header>
      }
    >
      <KeyValuePairs
        columns={1}
        items={items.length > 0 ? items : [{ label: 'Access', value: "The server's own" }]}
      />
    </Container>
  );
}

function Options({ request, edit }: { request: JobRequest; edit: () => void }) {
  const items = Object.entries(request.options).map(([name, value]) => ({
    label: name,
    value: (
      <span className="code">
        {value === true ? 'yes' : Array.isArray(value) ? value.join(', ') : String(value)}
      </span>
    ),
  }));
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={<Button ariaLabel="Edit options" onClick={edit}>Edit</Button>}
        >
          Options
        </Header>
      }
    >
      {items.length > 0 ? <KeyValuePairs columns={3} items={items} /> : 'All as usual.'}
    </Container>
  );
}

interface Props {
  request: JobRequest;
  planning: Planning;
  error: Error | undefined;
  edit: (step: number) => void;
}

export function ReviewStep({ request, planning, error, edit }: Props) {
  const { result, running, start } = planning;
  const missing = result?.permissions.filter((each) => each.verdict === 'denied').length ?? 0;
  return (
    <SpaceBetween size="l">
      {error && <PlanTrouble planning={{ ...planning, result: undefined, error }} />}
      {request.kind === 'migrate' && (
        <Alert type="info">
          Nothing is deleted by starting it. When every object is proven to be in the temporary bucket,
          the job waits for your confirmation.
        </Alert>
      )}
      {result?.plan && <PlanPanel plan={result.plan} />}
      {result?.refusals.map((refusal) => (
        <Alert key={refusal.code} type="error" header={refusal.reason}>{refusal.way_out}</Alert>
      ))}
      {missing > 0 && (
        <Alert
          type="warning"
          action={<Button onClick={() => edit(4)}>Show what to add</Button>}
        >
          {counted(missing, 'permission')} missing. The job would stop where it needs it.
        </Alert>
      )}
      {!result && (
        <Alert
          type="info"
          header="Not planned yet"
          action={
            <Button loading={running} loadingText="Planning" onClick={start}>Make the plan</Button>
          }
        >
          Objects, bytes, cost and time are found out by looking at both sides; nothing is changed.
        </Alert>
      )}
      <PlanTrouble planning={planning} />
      <ColumnLayout columns={2}>
        <Side title="Source" side={request.source} edit={() => edit(1)} />
        <Side title="Destination" side={request.destination} edit={() => edit(2)} />
      </ColumnLayout>
      <Options request={request} edit={() => edit(3)} />
      <ExpandableSection variant="container" headerText="The same job as a command line" defaultExpanded>
        <Copyable text={shellLine(commandWords(request))} what="command" />
      </ExpandableSection>
      <ExpandableSection variant="container" headerText="The same job as an API call" headerDescription={headerFile}>
        <Copyable text={curlLine(window.location.origin, request)} what="API call" />
      </ExpandableSection>
    </SpaceBetween>
  );
}
