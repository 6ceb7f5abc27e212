import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Cards from '@cloudscape-design/components/cards';
import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator, {
  type StatusIndicatorProps,
} from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import { useState } from 'react';

import type { Permission, PlanResult } from '../../api/types';
import { Copyable } from '../../parts/copyable';
import { useIsPhone } from '../../parts/use_phone';
import type { Planning } from '../../state/use_plan';
import { bytesText } from '../../text/bytes';
import { counted, countText, sentence } from '../../text/numbers';
import { PlanTrouble } from './plan_trouble';

const verdicts: Record<Permission['verdict'], { type: StatusIndicatorProps.Type; text: string }> = {
  proven: { type: 'success', text: 'Proven' },
  inferred: { type: 'info', text: 'Inferred' },
  unproven: { type: 'pending', text: 'Unproven' },
  denied: { type: 'error', text: 'Missing' },
};

const indented = (policy: string) => {
  try {
    return JSON.stringify(JSON.parse(policy), null, 2);
  } catch {
    return policy;
  }
};

// What there is to do comes first.
const order: Permission['verdict'][] = ['denied', 'unproven', 'inferred', 'proven'];
const byVerdict = (permissions: Permission[]) =>
  order.flatMap((verdict) => permissions.filter((each) => each.verdict === verdict));

const pageSize = 12;

const deniedIn = (permissions: Permission[]) =>
  permissions.filter((each) => each.verdict === 'denied');

// What a person takes to who manages the account.
function Policy({ side, policy, denied }: { side: string; policy: string; denied: boolean }) {
  const document = <Copyable text={indented(policy)} what={`policy for the ${side}`} />;
  if (denied) {
    return (
      <Alert type="error" header={`Add this to the policies of the ${side}'s identity`}>
        {document}
      </Alert>
    );
  }
  return (
    <ExpandableSection headerText="The policy for what cannot be proven beforehand">
      {document}
    </ExpandableSection>
  );
}

const columns = [
  {
    id: 'action', header: 'Permission', isRowHeader: true, minWidth: 230,
    cell: (each: Permission) => <span className="code">{each.action}</span>,
  },
  {
    id: 'verdict', header: 'Verdict', minWidth: 125,
    cell: (each: Permission) => {
      const { type, text } = verdicts[each.verdict] ?? verdicts.unproven;
      return <StatusIndicator type={type}>{text}</StatusIndicator>;
    },
  },
  {
    id: 'resource', header: 'On', minWidth: 140,
    cell: (each: Permission) => <span className="code">{each.resource}</span>,
  },
  {
    id: 'how', header: 'How it is known', minWidth: 245, cell: (each: Permission) => each.how,
  },
];

// Beside each other they would not be read on a phone.
const card = {
  header: columns[0]!.cell,
  sections: columns.slice(1).map((column) => ({
    id: column.id, header: column.header, content: column.cell,
  })),
};

interface SideProps {
  side: string;
  permissions: Permission[];
  policy: string;
}

function Side({ side, permissions, policy }: SideProps) {
  const phone = useIsPhone();
  const [page, setPage] = useState(1);
  const missing = deniedIn(permissions);
  const pages = Math.ceil(permissions.length / pageSize);
  const shared = {
    items: byVerdict(permissions).slice((page - 1) * pageSize, page * pageSize),
    header: (
      <Header variant="h2" counter={`(${countText(permissions.length)})`}>{sentence(side)}</Header>
    ),
    pagination: pages > 1 && (
      <Pagination
        currentPageIndex={page}
        pagesCount={pages}
        ariaLabels={{ paginationLabel: `Pages of the permissions of the ${side}` }}
        onChange={({ detail }) => setPage(detail.currentPageIndex)}
      />
    ),
  };
  return (
    <SpaceBetween size="s">
      {phone ? (
        <Cards {...shared} cardDefinition={card} />
      ) : (
        <Table {...shared} wrapLines contentDensity="compact" columnDefinitions={columns} />
      )}
      {policy && <Policy side={side} policy={policy} denied={missing.length > 0} />}
    </SpaceBetween>
  );
}

// The test in a line.
function Verdict({ result }: { result: PlanResult | undefined }) {
  const missing = deniedIn(result?.permissions ?? []).length;
  if (missing > 0) {
    return <StatusIndicator type="error">{counted(missing, 'permission')} missing</StatusIndicator>;
  }
  if (result?.state !== 'done') {
    return <StatusIndicator type="error">The test came to no end</StatusIndicator>;
  }
  if (result.refusals.length > 0) {
    return <StatusIndicator type="warning">Something stands against it</StatusIndicator>;
  }
  const all = result.permissions;
  const open = all.filter((each) => each.verdict === 'unproven').length;
  if (open > 0) {
    return (
      <StatusIndicator type="info">
        {`Nothing was denied; ${countText(open)} of ${countText(all.length)} permissions cannot be tried beforehand`}
      </StatusIndicator>
    );
  }
  return <StatusIndicator type="success">Nothing is missing</StatusIndicator>;
}

function Found({ result }: { result: PlanResult }) {
  const sides = [...new Set(result.permissions.map((each) => each.side))];
  return (
    <SpaceBetween size="l">
      {result.refusals.map((refusal) => (
        <Alert key={refusal.code} type="error" header={refusal.reason}>{refusal.way_out}</Alert>
      ))}
      {sides.map((side) => (
        <Side
          key={side}
          side={side}
          permissions={result.permissions.filter((each) => each.side === side)}
          policy={side === 'source' || side === 'destination' ? result.policies[side] : ''}
        />
      ))}
      {result.state === 'done' && sides.length === 0 && result.refusals.length === 0 && (
        <Alert type="success">Both sides answered: they can be listed with the access given.</Alert>
      )}
      {result.notes.map((note) => <Alert key={note} type="info">{note}</Alert>)}
    </SpaceBetween>
  );
}

function Looking({ progress }: { progress: PlanResult['progress'] }) {
  const found = progress?.objects
    ? `: ${counted(progress.objects, 'object')}, ${bytesText(progress.bytes)} so far`
    : '';
  return <StatusIndicator type="in-progress">{`Looking at both sides${found}`}</StatusIndicator>;
}

export function AccessStep({ planning }: { planning: Planning }) {
  const { result, running, error, progress, start } = planning;
  return (
    <SpaceBetween size="l">
      <Container
        header={
          <Header
            variant="h2"
            description="Looks at both sides with the access given, and changes nothing. It lists what is there, so a large bucket takes a while."
            actions={
              <Button
                variant={result ? 'normal' : 'primary'}
                loading={running}
                loadingText="Testing access"
                onClick={start}
              >
                {result ? 'Test again' : 'Test access'}
              </Button>
            }
          >
            Access to both sides
          </Header>
        }
      >
        <Box color="text-body-secondary">
          {running && <Looking progress={progress} />}
          {!running && !result && !error && 'Not tested yet. You may go on without, and find out when it runs.'}
          {!running && (result || error) && <Verdict result={result} />}
        </Box>
      </Container>
      <PlanTrouble planning={planning} />
      {result && <Found result={result} />}
    </SpaceBetween>
  );
}
