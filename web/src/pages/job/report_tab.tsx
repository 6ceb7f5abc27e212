import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import StatusIndicator from '@cloudscape-design/components/status-indicator';

import { api } from '../../api/api';
import { ApiError } from '../../api/client';
import type { Report } from '../../api/report';
import type { JobDetail } from '../../api/types';
import { Copyable } from '../../parts/copyable';
import { Trouble } from '../../parts/trouble';
import { useAnswer } from '../../state/use_answer';
import { bytesText } from '../../text/bytes';
import { durationText, timeText } from '../../text/durations';
import { countText, dash } from '../../text/numbers';

const methods: Record<string, string> = {
  listing: 'Both sides listed again, compared by size and ETag',
  checksum: 'Checksums, where ETags cannot be compared',
  none: 'None was asked for',
};

function method(report: Report): string {
  const verify = report.spec?.verify;
  return typeof verify === 'string' ? (methods[verify] ?? verify) : dash;
}

// Zero is good news here, anything else is not.
function Bad({ count }: { count: number }) {
  return (
    <StatusIndicator type={count === 0 ? 'success' : 'error'}>{countText(count)}</StatusIndicator>
  );
}

function Verification({ report }: { report: Report }) {
  const found = report.verification;
  return (
    <Container header={<Header variant="h2">Verification</Header>}>
      <SpaceBetween size="l">
        <KeyValuePairs
          columns={3}
          items={[
            { label: 'Method', value: method(report) },
            { label: 'Verified, strong proof', value: countText(found.same_strong) },
            { label: 'Verified by size and date', value: countText(found.same_weak) },
            { label: 'Mismatched', value: <Bad count={found.mismatched} /> },
            { label: 'Missing', value: <Bad count={found.missing} /> },
            { label: 'Only in the destination', value: countText(found.extra) },
          ]}
        />
        {Boolean(found.digest) && <Copyable text={found.digest} what="digest" />}
      </SpaceBetween>
    </Container>
  );
}

function Totals({ report }: { report: Report }) {
  const earlier = report.earlier_runs;
  const figure = (name: string) => report.totals[name] ?? 0;
  const took = durationText(figure('seconds') + (earlier?.seconds ?? 0));
  return (
    <KeyValuePairs
      columns={3}
      items={[
        { label: 'Outcome', value: `${report.outcome} (exit code ${report.exit_code})` },
        { label: 'Began', value: timeText(report.started) },
        { label: 'Ended', value: timeText(report.ended) },
        {
          label: 'In the source',
          value: `${countText(figure('objects'))} objects, ${bytesText(figure('bytes'))}`,
        },
        {
          label: 'Copied',
          value: `${countText(figure('copied') + (earlier?.copied ?? 0))} objects, ${
            bytesText(figure('copied_bytes') + (earlier?.copied_bytes ?? 0))}`,
        },
        { label: `The same already${earlier ? ', the last run' : ''}`, value: countText(figure('skipped')) },
        { label: 'Failed', value: <Bad count={figure('failed')} /> },
        { label: 'Attributes not carried', value: countText(figure('not_carried')) },
        { label: 'Took', value: earlier ? `${took} in ${earlier.runs + 1} runs` : took },
      ]}
    />
  );
}

function Files({ id }: { id: string }) {
  return (
    <SpaceBetween direction="horizontal" size="xs">
      {(['json', 'csv', 'html'] as const).map((ending) => (
        <Button key={ending} iconName="download" href={api.reportFile(id, ending)} download>
          {ending.toUpperCase()}
        </Button>
      ))}
    </SpaceBetween>
  );
}

export function ReportTab({ job }: { job: JobDetail }) {
  const { value, error, loading, read } = useAnswer(`${job.id} ${job.attempt} ${job.state}`,
    (signal) => api.report(job.id, signal));
  const none = error instanceof ApiError && (error.status === 404 || error.status === 409);
  if (none) {
    return <Box color="text-body-secondary">The report is written when the job has ended.</Box>;
  }
  if (error) return <Trouble error={error} again={read} />;
  if (!value) return loading ? <Spinner /> : null;
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2" actions={<Files id={job.id} />}>Report</Header>}>
        <Totals report={value} />
      </Container>
      <Verification report={value} />
    </SpaceBetween>
  );
}
