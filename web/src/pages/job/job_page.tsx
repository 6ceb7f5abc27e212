import ContentLayout from '@cloudscape-design/components/content-layout';
import Grid from '@cloudscape-design/components/grid';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import Tabs from '@cloudscape-design/components/tabs';

import type { JobDetail } from '../../api/types';
import { usePageTitle } from '../../parts/page_title';
import { Trouble } from '../../parts/trouble';
import { go } from '../../router';
import { useJob } from '../../state/use_job';
import { useLine } from '../../stream/stream';
import { titleOf } from '../../text/job_text';
import { countText } from '../../text/numbers';
import { ChartPanel } from './chart_panel';
import { ConfigurationTab } from './configuration_tab';
import { DetailsTab } from './details_tab';
import { FailuresTab } from './failures_tab';
import { JobAlerts } from './job_alerts';
import { JobHeader } from './job_header';
import { LogTab } from './log_tab';
import { ProgressPanel } from './progress_panel';
import { ReportTab } from './report_tab';
import { StepsPanel } from './steps_panel';

function failuresLabel(job: JobDetail): string {
  const failed = job.progress?.failed ?? job.summary?.failed ?? 0;
  return failed > 0 ? `Failures (${countText(failed)})` : 'Failures';
}

interface TabsProps {
  job: JobDetail;
  tab: string;
  step: string; // whose part of the log is shown; empty: all of it
  read: () => void;
}

function JobTabs({ job, tab, step, read }: TabsProps) {
  const href = (id: string) => `#/jobs/${encodeURIComponent(job.id)}/${id}`;
  const bucketTab = {
    id: 'configuration', href: href('configuration'), label: 'Configuration diff',
    content: <ConfigurationTab job={job} />,
  };
  return (
    <Tabs
      ariaLabel="About this job"
      activeTabId={tab}
      onChange={({ detail }) => {
        if (detail.activeTabHref) go(detail.activeTabHref);
      }}
      tabs={[
        {
          id: 'failures', href: href('failures'), label: failuresLabel(job),
          content: <FailuresTab job={job} read={read} />,
        },
        {
          id: 'log', href: href('log'), label: 'Log',
          content: <LogTab key={step} job={job} step={step} />,
        },
        { id: 'report', href: href('report'), label: 'Report', content: <ReportTab job={job} /> },
        ...(job.kind === 'migrate' ? [bucketTab] : []),
        {
          id: 'details', href: href('details'), label: 'Job details',
          content: <DetailsTab job={job} />,
        },
      ]}
    />
  );
}

interface Props {
  id: string;
  tab: string;
  step?: string; // whose part of the log is shown
}

export default function JobPage({ id, tab, step = '' }: Props) {
  const { job, error, read, gone } = useJob(id);
  const stale = useLine().status === 'lost';
  usePageTitle(job && titleOf(job));

  if (!job) return error ? <Trouble error={error} again={read} /> : <Spinner size="large" />;
  return (
    <ContentLayout header={<JobHeader job={job} read={read} />}>
      <JobAlerts job={job} gone={gone} read={read} />
      <SpaceBetween size="l">
        {error && <Trouble error={error} again={read} />}
        <div className={stale ? 'stale' : undefined}>
          <SpaceBetween size="l">
            <ProgressPanel job={job} stale={stale} />
            <Grid
              gridDefinition={[
                { colspan: { default: 12, m: 5 } },
                { colspan: { default: 12, m: 7 } },
              ]}
            >
              <StepsPanel job={job} />
              <ChartPanel job={job} />
            </Grid>
          </SpaceBetween>
        </div>
        <JobTabs job={job} tab={tab} step={step} read={read} />
      </SpaceBetween>
    </ContentLayout>
  );
}
