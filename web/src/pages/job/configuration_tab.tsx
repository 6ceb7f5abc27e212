import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import StatusIndicator, {
  type StatusIndicatorProps,
} from '@cloudscape-design/components/status-indicator';

import { api } from '../../api/api';
import { ApiError } from '../../api/client';
import type { ConfigurationPart, JobDetail } from '../../api/types';
import { Trouble } from '../../parts/trouble';
import { useAnswer } from '../../state/use_answer';
import { counted, sentence } from '../../text/numbers';

const states: Record<ConfigurationPart['state'], { type: StatusIndicatorProps.Type; text: string }> = {
  same: { type: 'success', text: 'The same' },
  rewritten: { type: 'info', text: 'Rewritten' },
  'not-carried': { type: 'warning', text: 'Not carried' },
  removed: { type: 'stopped', text: 'Left out' },
  added: { type: 'info', text: 'Added' },
};

// Documents of one line are hard to compare.
function readable(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text.replaceAll('><', '>\n<');
  }
}

function Document({ where, text }: { where: string; text: string | null }) {
  return (
    <div>
      <Box variant="awsui-key-label">{where}</Box>
      {text === null ? (
        <Box color="text-body-secondary">There is none.</Box>
      ) : (
        <pre className="code" tabIndex={0} aria-label={where}>{readable(text)}</pre>
      )}
    </div>
  );
}

function Part({ part }: { part: ConfigurationPart }) {
  const { type, text } = states[part.state] ?? { type: 'info' as const, text: part.state };
  const name = sentence(part.name.replaceAll('-', ' '));
  return (
    <ExpandableSection
      variant="container"
      defaultExpanded={part.state !== 'same'}
      headerText={name}
      headerActions={<StatusIndicator type={type}>{text}</StatusIndicator>}
    >
      <SpaceBetween size="s">
        {Boolean(part.note) && <Box><span className="long">{part.note}</span></Box>}
        <ColumnLayout columns={2}>
          <Document where={`${name} of the source`} text={part.source} />
          <Document where={`${name} of the new bucket`} text={part.destination} />
        </ColumnLayout>
      </SpaceBetween>
    </ExpandableSection>
  );
}

// What differs first: the same is good news, and short.
export function inOrder(parts: ConfigurationPart[]): ConfigurationPart[] {
  const rank = (part: ConfigurationPart) => (part.state === 'same' ? 1 : 0);
  return [...parts].sort((a, b) => rank(a) - rank(b));
}

// How the bucket's configuration moved: policy, tags, rules.
export function ConfigurationTab({ job }: { job: JobDetail }) {
  const step = job.steps[job.steps.length - 1];
  const { value, error, loading, read } = useAnswer(
    `${job.id} ${job.attempt} ${job.state} ${step?.step} ${step?.state}`,
    (signal) => api.configuration(job.id, signal),
  );
  if (error instanceof ApiError && error.status === 404) {
    return (
      <Box color="text-body-secondary">
        The bucket's configuration is read when the migration has looked at both sides.
      </Box>
    );
  }
  if (error && !value) return <Trouble error={error} again={read} />;
  if (!value) return loading ? <Spinner /> : null;
  const differing = value.parts.filter((part) => part.state !== 'same').length;
  return (
    <SpaceBetween size="s">
      <Container
        header={
          <Header
            variant="h2"
            description={`${counted(value.parts.length, 'part')}, ${differing} of them not the same.`}
          >
            Configuration of the bucket
          </Header>
        }
      >
        Accounts, ARNs and regions are rewritten for the new account; what cannot be carried is named.
      </Container>
      {inOrder(value.parts).map((part) => <Part key={part.name} part={part} />)}
    </SpaceBetween>
  );
}
