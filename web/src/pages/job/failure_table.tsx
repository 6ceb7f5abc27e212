import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Cards from '@cloudscape-design/components/cards';
import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import { useState } from 'react';

import { api } from '../../api/api';
import type { Failure, JobDetail } from '../../api/types';
import { useIsPhone } from '../../parts/use_phone';
import { keyText } from '../../text/keys';
import { countText } from '../../text/numbers';
import { useRetry } from './use_retry';

const code = (text: string) => <span className="code">{text}</span>;

const keyOf = (failure: Failure) => (
  <>
    <span className="code key">{keyText(failure.key)}</span>
    {failure.version && (
      <Box variant="small" color="text-body-secondary" display="block">
        {`version ${failure.version}`}
      </Box>
    )}
  </>
);

const errorOf = (failure: Failure) => {
  const name = failure.service_code || failure.code;
  return failure.http_status ? `${name} (${failure.http_status})` : name;
};

type Retry = ReturnType<typeof useRetry>;

const retryColumn = (retry: Retry) => ({
  id: 'retry', header: 'Retry', minWidth: 90,
  cell: (failure: Failure) => (
    <Button
      variant="inline-link"
      ariaLabel={`Retry ${keyText(failure.key)}`}
      disabled={retry.busy !== undefined}
      onClick={() => void retry.some([failure.number])}
    >
      Retry
    </Button>
  ),
});

const columns = [
  { id: 'key', header: 'Key', cell: keyOf, minWidth: 220, isRowHeader: true },
  { id: 'error', header: 'Error', cell: errorOf, minWidth: 140 },
  { id: 'message', header: 'Message', cell: (failure: Failure) => failure.message, minWidth: 240 },
  { id: 'operation', header: 'Operation', cell: (failure: Failure) => failure.operation, minWidth: 120 },
  {
    id: 'request', header: 'Request id', minWidth: 140,
    cell: (failure: Failure) => code(failure.request_id || '–'),
  },
];

const columnsFor = (retry: Retry) =>
  retry.mayChoose ? [...columns, retryColumn(retry)] : columns;

const cardFor = (retry: Retry) => ({
  header: keyOf,
  sections: columnsFor(retry).slice(1).map((column) => ({
    id: column.id, header: column.header, content: column.cell,
  })),
});

interface Props {
  job: JobDetail;
  read: () => void; // the job has changed
  failures: Failure[];
  total: number;
  loading: boolean;
  filtered: boolean;
  text: string;
  setText: (text: string) => void;
  page: number;
  pages: number;
  turn: (page: number) => void;
}

interface ActionsProps {
  job: JobDetail;
  chosen: Failure[];
  retry: Retry;
}

function Actions({ job, chosen, retry }: ActionsProps) {
  return (
    <SpaceBetween direction="horizontal" size="xs">
      {retry.mayChoose && (
        <Button
          disabled={chosen.length === 0}
          loading={retry.busy === 'some'}
          onClick={() => void retry.some(chosen.map((each) => each.number))}
        >
          {chosen.length > 0 ? `Retry selected (${countText(chosen.length)})` : 'Retry selected'}
        </Button>
      )}
      {retry.may && (
        <Button loading={retry.busy === 'all'} onClick={() => void retry.all()}>Retry all</Button>
      )}
      <Button iconName="download" href={api.failuresFile(job.id, 'csv')} download>CSV</Button>
      <Button iconName="download" href={api.failuresFile(job.id, 'json')} download>JSON</Button>
    </SpaceBetween>
  );
}

const selectionLabels = {
  selectionGroupLabel: 'Failures to retry',
  allItemsSelectionLabel: () => 'All on this page',
  itemSelectionLabel: (_all: unknown, failure: Failure) => keyText(failure.key),
};

export function FailureTable(props: Props) {
  const { job, read, failures, total, loading, filtered, text, setText, page, pages, turn } = props;
  const phone = useIsPhone();
  const retry = useRetry(job, read);
  const [chosen, setChosen] = useState<Failure[]>([]);
  const selection = retry.mayChoose
    ? {
        selectionType: 'multi' as const,
        selectedItems: chosen,
        onSelectionChange: ({ detail }: { detail: { selectedItems: Failure[] } }) =>
          setChosen(detail.selectedItems),
        ariaLabels: selectionLabels,
      }
    : {};
  const shared = {
    items: failures,
    trackBy: (failure: Failure) => String(failure.number),
    loading,
    loadingText: 'Loading failures',
    empty: (
      <Box textAlign="center" color="text-body-secondary" margin={{ vertical: 'm' }}>
        {filtered ? 'No failure matches.' : 'No object has failed.'}
      </Box>
    ),
    header: (
      <Header
        variant="h2"
        counter={total > 0 ? `(${countText(total)})` : undefined}
        actions={
          job.has_failures && <Actions job={job} chosen={chosen} retry={retry} />
        }
      >
        Failures
      </Header>
    ),
    filter: (
      <TextFilter
        filteringText={text}
        filteringPlaceholder="Find by key, code or message"
        filteringAriaLabel="Find failures"
        onChange={({ detail }) => setText(detail.filteringText)}
      />
    ),
    pagination: pages > 1 && (
      <Pagination
        currentPageIndex={page}
        pagesCount={pages}
        onChange={({ detail }) => turn(detail.currentPageIndex)}
      />
    ),
  };
  if (phone) return <Cards {...shared} {...selection} cardDefinition={cardFor(retry)} />;
  return <Table {...shared} {...selection} wrapLines columnDefinitions={columnsFor(retry)} />;
}
