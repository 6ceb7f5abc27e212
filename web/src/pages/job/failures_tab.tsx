import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useState } from 'react';

import { api } from '../../api/api';
import type { JobDetail } from '../../api/types';
import { Trouble } from '../../parts/trouble';
import { useIsPhone } from '../../parts/use_phone';
import { useAnswer, useThrottled } from '../../state/use_answer';
import { useStream } from '../../stream/stream';
import { FailureGroups } from './failure_groups';
import { FailureTable } from './failure_table';

const pageSizes = { wide: 15, narrow: 6 };

// Reads again, not too often, while failures come in, and when a step begins: a migration that
// goes back looks at all of it again, and what it told before counts no more.
function useFresh(id: string, read: () => void) {
  const readSoon = useThrottled(read, 5_000);
  useStream((message) => {
    if (message.kind === 'reset') read();
    if (message.kind !== 'event' || message.jobId !== id) return;
    if (message.name === 'failure' || message.name === 'step') readSoon();
  });
}

export function FailuresTab({ job, read }: { job: JobDetail; read: () => void }) {
  const [code, setCode] = useState('');
  const [text, setText] = useState('');
  const [q, setQ] = useState('');
  const [page, setPage] = useState(1);
  const pageSize = useIsPhone() ? pageSizes.narrow : pageSizes.wide;

  useEffect(() => {
    const timer = setTimeout(() => {
      setQ(text);
      setPage(1);
    }, 300);
    return () => clearTimeout(timer);
  }, [text]);

  const round = `${job.id} ${job.attempt} ${job.state}`;
  const groups = useAnswer(round, (signal) => api.failureGroups(job.id, signal));
  const rows = useAnswer(JSON.stringify([round, q, code, page, pageSize]), (signal) =>
    api.failures(job.id, { q, code, limit: pageSize, offset: (page - 1) * pageSize }, signal),
  );
  useFresh(job.id, () => {
    groups.read();
    rows.read();
  });

  const error = groups.error ?? rows.error;
  return (
    <SpaceBetween size="l">
      {error && <Trouble error={error} again={() => { groups.read(); rows.read(); }} />}
      {Boolean(groups.value?.groups.length) && (
        <FailureGroups
          groups={groups.value!.groups}
          selected={code}
          select={(next) => {
            setCode(next);
            setPage(1);
          }}
        />
      )}
      <FailureTable
        key={round}
        job={job}
        read={read}
        failures={rows.value?.failures ?? []}
        total={rows.value?.total ?? 0}
        loading={rows.loading && !rows.value}
        filtered={Boolean(q || code)}
        text={text}
        setText={setText}
        page={page}
        pages={Math.max(1, Math.ceil((rows.value?.total ?? 0) / pageSize))}
        turn={setPage}
      />
    </SpaceBetween>
  );
}
