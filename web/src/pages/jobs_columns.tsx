import Box from '@cloudscape-design/components/box';
import type { CardsProps } from '@cloudscape-design/components/cards';
import Link from '@cloudscape-design/components/link';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import type { TableProps } from '@cloudscape-design/components/table';

import type { Job } from '../api/types';
import { StandingBadge } from '../parts/standing_badge';
import { follow } from '../router';
import { timeText } from '../text/durations';
import {
  atWork, dataText, hasFigures, jobName, kindLabel, objectsText, percentOf, rateText, timeLeft,
} from '../text/job_text';
import { countText, dash } from '../text/numbers';

const small = (text: string) => (
  <Box variant="small" color="text-body-secondary" display="block">{text}</Box>
);

function Name({ job }: { job: Job }) {
  const regions = [job.source.region, job.destination.region].filter(Boolean);
  return (
    <>
      <Link href={`#/jobs/${encodeURIComponent(job.id)}`} onFollow={follow}>
        {jobName(job)}
      </Link>
      {small([kindLabel(job.kind), ...new Set(regions)].join(' · '))}
    </>
  );
}

function Progress({ job }: { job: Job }) {
  const works = atWork(job);
  const rate = rateText(job.progress?.bytes_per_second, works);
  const left = timeLeft(job);
  return (
    <ProgressBar
      value={percentOf(job)}
      ariaLabel={`Progress of ${jobName(job)}`}
      additionalInfo={works ? `${rate}, ${left}${/\d/.test(left) ? ' left' : ''}` : undefined}
    />
  );
}

function Copied({ job }: { job: Job }) {
  if (!job.progress || !hasFigures(job.progress)) return <>{dash}</>;
  if (job.progress.bytes_total === 0) return <>{objectsText(job.progress)}</>;
  return (
    <>
      {dataText(job.progress)}
      {small(objectsText(job.progress))}
    </>
  );
}

const failed = (job: Job) => (job.progress ? countText(job.progress.failed) : dash);

export const columns: TableProps.ColumnDefinition<Job>[] = [
  { id: 'name', header: 'Job', cell: (job) => <Name job={job} />, isRowHeader: true, minWidth: 240 },
  { id: 'status', header: 'Status', cell: (job) => <StandingBadge job={job} />, minWidth: 180 },
  { id: 'progress', header: 'Progress', cell: (job) => <Progress job={job} />, minWidth: 220 },
  { id: 'copied', header: 'In this step', cell: (job) => <Copied job={job} />, minWidth: 190 },
  { id: 'failed', header: 'Failed', cell: failed, minWidth: 80 },
  { id: 'created', header: 'Created', cell: (job) => timeText(job.created_at), minWidth: 170 },
];

export const cardSections: CardsProps.CardDefinition<Job> = {
  header: (job) => <Name job={job} />,
  sections: [
    { id: 'status', content: (job) => <StandingBadge job={job} /> },
    { id: 'progress', content: (job) => <Progress job={job} /> },
    { id: 'copied', header: 'In this step', content: (job) => <Copied job={job} />, width: 60 },
    { id: 'failed', header: 'Failed', content: failed, width: 40 },
  ],
};
