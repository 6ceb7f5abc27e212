import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import StatusIndicator, {
  type StatusIndicatorProps,
} from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import { useMemo, useState } from 'react';

import type { JobDetail, StreamedEvent } from '../../api/types';
import { Trouble } from '../../parts/trouble';
import { go } from '../../router';
import { useJobLog } from '../../state/use_job';
import { timeText } from '../../text/durations';
import { stepLabel } from '../../text/job_text';
import { countText } from '../../text/numbers';

const pageSize = 50;

interface Line {
  id: string;
  time: string;
  type: StatusIndicatorProps.Type;
  what: string;
  text: string;
}

const toneOf: Record<string, StatusIndicatorProps.Type> = {
  error: 'error', failed: 'error', warning: 'warning', done: 'success', skipped: 'stopped',
  started: 'in-progress',
};

const text = (value: unknown) => (value == null ? '' : String(value));

// An event as a line to read.
export function lineOf(event: StreamedEvent): Line {
  const line = {
    id: `${event.attempt}.${event.seq}`, time: timeText(event.time), type: 'info' as const,
  };
  switch (event.type) {
    case 'step':
      return {
        ...line, type: toneOf[text(event.state)] ?? 'info', what: text(event.state),
        text: [stepLabel(text(event.step)), text(event.message)].filter(Boolean).join(': '),
      };
    case 'failure':
      return {
        ...line, type: 'error', what: text(event.service_code) || text(event.code),
        text: `${text(event.operation)} ${text(event.bucket)}/${text(event.key)}: ${text(event.message)}`,
      };
    case 'summary':
      return {
        ...line, type: event.exit_code === 0 ? 'success' : 'warning', what: text(event.outcome),
        text: text(event.message),
      };
    default:
      return {
        ...line, type: toneOf[text(event.level)] ?? 'info', what: text(event.level),
        text: text(event.message),
      };
  }
}

// What was told while the step ran, in every attempt.
export function logOfStep(log: StreamedEvent[], step: string): StreamedEvent[] {
  let running = '';
  return log.filter((event) => {
    if (event.type === 'summary') running = '';
    if (event.type === 'step') running = text(event.step);
    const belongs = running === step;
    if (event.type === 'step' && event.state !== 'started') running = '';
    return belongs;
  });
}

interface Props {
  job: JobDetail;
  step: string; // empty: all of it
}

export function LogTab({ job, step }: Props) {
  const { log, loading, error, read } = useJobLog(job.id);
  const [filter, setFilter] = useState('');
  const [page, setPage] = useState(1);
  const lines = useMemo(() => {
    const told = step ? logOfStep(log, step) : log;
    return told.map(lineOf).reverse();
  }, [log, step]);
  const wanted = filter.toLowerCase();
  const found = lines.filter((line) => `${line.what} ${line.text}`.toLowerCase().includes(wanted));
  const pages = Math.max(1, Math.ceil(found.length / pageSize));
  const shown = Math.min(page, pages);

  if (error && log.length === 0) return <Trouble error={error} again={read} />;
  return (
    <Table
      items={found.slice((shown - 1) * pageSize, shown * pageSize)}
      trackBy="id"
      wrapLines
      loading={loading && log.length === 0}
      loadingText="Loading the log"
      contentDensity="compact"
      empty={<Box textAlign="center" color="text-body-secondary">Nothing here.</Box>}
      header={
        <Header
          variant="h2"
          counter={`(${countText(lines.length)})`}
          description="The newest first."
          actions={
            step && (
              <Button onClick={() => go(`#/jobs/${encodeURIComponent(job.id)}/log`)}>
                Show all steps
              </Button>
            )
          }
        >
          {step ? `Log of the step: ${stepLabel(step)}` : 'Log'}
        </Header>
      }
      filter={
        <TextFilter
          filteringText={filter}
          filteringPlaceholder="Find in the log"
          filteringAriaLabel="Find in the log"
          onChange={({ detail }) => {
            setFilter(detail.filteringText);
            setPage(1);
          }}
        />
      }
      pagination={
        pages > 1 && (
          <Pagination
            currentPageIndex={shown}
            pagesCount={pages}
            onChange={({ detail }) => setPage(detail.currentPageIndex)}
          />
        )
      }
      columnDefinitions={[
        { id: 'time', header: 'Time', minWidth: 200, cell: (line) => line.time },
        {
          id: 'what', header: 'What', minWidth: 160,
          cell: (line) => <StatusIndicator type={line.type}>{line.what}</StatusIndicator>,
        },
        {
          id: 'text', header: 'Message', minWidth: 220,
          cell: (line) => <span className="long">{line.text}</span>,
        },
      ]}
    />
  );
}
