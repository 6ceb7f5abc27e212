import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Cards from '@cloudscape-design/components/cards';
import Header from '@cloudscape-design/components/header';
import Table from '@cloudscape-design/components/table';

import type { FailureGroup } from '../../api/types';
import { useIsPhone } from '../../parts/use_phone';
import { countText } from '../../text/numbers';

interface Props {
  groups: FailureGroup[];
  selected: string;
  select: (code: string) => void;
}

const nameOf = (group: FailureGroup) => group.service_code || group.code;

const columnsFor = (select: Props['select']) => [
  {
    id: 'cause',
    header: 'Cause',
    isRowHeader: true,
    minWidth: 150,
    cell: (group: FailureGroup) => (
      <>
        <Button
          variant="inline-link"
          ariaLabel={`Show only ${nameOf(group)}`}
          onClick={() => select(group.code)}
        >
          {nameOf(group)}
        </Button>
        <Box variant="small" color="text-body-secondary" display="block">
          {group.operation}
        </Box>
      </>
    ),
  },
  { id: 'count', header: 'Objects', minWidth: 90, cell: (group: FailureGroup) => countText(group.count) },
  { id: 'hint', header: 'What to do', minWidth: 220, cell: (group: FailureGroup) => group.hint },
  {
    id: 'example',
    header: 'For example',
    minWidth: 200,
    cell: (group: FailureGroup) => (
      <>
        <span className="code">{group.example_key}</span>
        <Box variant="small" color="text-body-secondary" display="block">
          {group.example_message}
        </Box>
      </>
    ),
  },
];

const cardFor = (select: Props['select']) => {
  const [cause, ...others] = columnsFor(select);
  return {
    header: cause!.cell,
    sections: others.map(({ id, header, cell }) => ({ id, header, content: cell })),
  };
};

// By cause, the most frequent first: what has one remedy is one line.
export function FailureGroups({ groups, selected, select }: Props) {
  const phone = useIsPhone();
  const shared = {
    items: groups,
    trackBy: (group: FailureGroup) => `${group.operation} ${group.code} ${group.service_code}`,
    header: (
      <Header
        variant="h2"
        counter={`(${countText(groups.length)})`}
        actions={selected && <Button onClick={() => select('')}>Show all causes</Button>}
      >
        Causes
      </Header>
    ),
  };
  if (phone) return <Cards {...shared} cardDefinition={cardFor(select)} />;
  return <Table {...shared} wrapLines columnDefinitions={columnsFor(select)} />;
}
