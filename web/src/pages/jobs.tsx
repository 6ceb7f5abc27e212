import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Cards from '@cloudscape-design/components/cards';
import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import Table from '@cloudscape-design/components/table';
import { useEffect, useState } from 'react';

import { ApiError } from '../api/client';
import type { Job } from '../api/types';
import { usePageTitle } from '../parts/page_title';
import { Trouble } from '../parts/trouble';
import { useIsPhone } from '../parts/use_phone';
import { follow } from '../router';
import { useMayCreate, useVisit } from '../state/session';
import { useJobs, type JobsQuery } from '../state/use_jobs';
import { useLine } from '../stream/stream';
import { jobName, titleOf } from '../text/job_text';
import { countText } from '../text/numbers';
import { cardSections, columns } from './jobs_columns';
import { JobsFilter } from './jobs_filter';
import { NoJobs, NoMatch } from './jobs_empty';

const first: JobsQuery = { q: '', state: '', kind: '', cursors: [''] };

// Of one job that runs the tab tells how far it is, of several how many.
function tabTitle(jobs: Job[]): string {
  const running = jobs.filter((job) => job.state === 'running');
  if (running.length === 1) return titleOf(running[0]!);
  return running.length > 1 ? `${running.length} running - S3 migrator` : 'S3 migrator';
}

function Simulated({ mayCreate }: { mayCreate: boolean }) {
  return (
    <div className="alerts">
      <Alert type="info" header="This is a simulated cloud">
        Its accounts and buckets are inside the program: nothing here costs anything or can be lost.
        {mayCreate && ' Create a job, browse for a bucket, and start it.'}
      </Alert>
    </div>
  );
}

export function JobsPage() {
  const [query, setQuery] = useState(first);
  const [text, setText] = useState('');
  const phone = useIsPhone();
  const mayCreate = useMayCreate();
  const { about } = useVisit();
  const stale = useLine().status === 'lost';
  const { jobs, total, next, loading, error, read } = useJobs(query);
  usePageTitle(tabTitle(jobs));

  useEffect(() => {
    if (text === query.q) return undefined;
    const timer = setTimeout(() => setQuery((now) => ({ ...now, q: text, cursors: [''] })), 300);
    return () => clearTimeout(timer);
  }, [text, query.q]);

  // The job at which a page began is gone from the list: the page before it is still there.
  const lost = error instanceof ApiError && error.problem.code === 'cursor';
  useEffect(() => {
    if (!lost) return;
    setQuery((now) => ({ ...now, cursors: now.cursors.slice(0, Math.max(1, now.cursors.length - 1)) }));
  }, [lost]);

  const filtered = Boolean(query.q || query.state || query.kind);
  const clear = () => {
    setText('');
    setQuery(first);
  };
  const turn = (page: number) => {
    if (page <= query.cursors.length) {
      setQuery((now) => ({ ...now, cursors: now.cursors.slice(0, page) }));
    } else if (next) {
      setQuery((now) => ({ ...now, cursors: [...now.cursors, next] }));
    }
  };

  const create = mayCreate && (
    <Button variant="primary" href="#/create" onFollow={follow}>Create job</Button>
  );
  const shared = {
    items: jobs,
    trackBy: 'id',
    loading: loading && jobs.length === 0,
    loadingText: 'Loading jobs',
    stickyHeader: true,
    variant: 'full-page' as const,
    empty: filtered ? <NoMatch clear={clear} /> : <NoJobs mayCreate={mayCreate} />,
    header: (
      <Header
        variant="awsui-h1-sticky"
        counter={total === undefined ? undefined : `(${countText(total)})`}
        description="Copies and migrations that this server knows."
        actions={create}
      >
        Jobs
      </Header>
    ),
    filter: (
      <JobsFilter
        text={text}
        setText={setText}
        query={query}
        change={(part) => setQuery((now) => ({ ...now, ...part, cursors: [''] }))}
      />
    ),
    pagination: (
      <Pagination
        currentPageIndex={query.cursors.length}
        pagesCount={query.cursors.length + (next ? 1 : 0)}
        openEnd={Boolean(next)}
        onChange={({ detail }) => turn(detail.currentPageIndex)}
      />
    ),
  };

  return (
    <>
      {error && <Trouble error={error} again={read} />}
      {about?.simulator && <Simulated mayCreate={mayCreate} />}
      <div className={stale ? 'stale' : undefined}>
        {phone ? (
          <Cards
            {...shared}
            cardDefinition={cardSections}
            ariaLabels={{ itemSelectionLabel: (_data, job) => jobName(job), selectionGroupLabel: 'Jobs' }}
          />
        ) : (
          <Table {...shared} columnDefinitions={columns} enableKeyboardNavigation />
        )}
      </div>
    </>
  );
}
