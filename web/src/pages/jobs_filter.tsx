import Grid from '@cloudscape-design/components/grid';
import Select from '@cloudscape-design/components/select';
import TextFilter from '@cloudscape-design/components/text-filter';

import type { JobsQuery } from '../state/use_jobs';

const states = [
  { value: '', label: 'Any status' },
  { value: 'running', label: 'Running' },
  { value: 'paused', label: 'Paused' },
  { value: 'interrupted', label: 'Interrupted' },
  { value: 'done', label: 'Completed' },
  { value: 'undone', label: 'Undone' },
  { value: 'failed-objects', label: 'Completed with failures' },
  { value: 'mismatch', label: 'Verification mismatch' },
  { value: 'failed', label: 'Failed' },
  { value: 'cancelled', label: 'Cancelled' },
];

const kinds = [
  { value: '', label: 'Copies and migrations' },
  { value: 'copy', label: 'Copies' },
  { value: 'migrate', label: 'Migrations' },
];

interface Props {
  text: string;
  setText: (text: string) => void;
  query: JobsQuery;
  change: (part: Partial<JobsQuery>) => void;
}

export function JobsFilter({ text, setText, query, change }: Props) {
  const columns = { colspan: { default: 12, s: 4 } };
  return (
    <Grid gridDefinition={[columns, columns, columns]}>
      <TextFilter
        filteringText={text}
        filteringPlaceholder="Find jobs by bucket or id"
        filteringAriaLabel="Find jobs"
        onChange={({ detail }) => setText(detail.filteringText)}
      />
      <Select
        ariaLabel="Status"
        options={states}
        selectedOption={states.find((option) => option.value === query.state) ?? null}
        onChange={({ detail }) => change({ state: detail.selectedOption.value ?? '' })}
      />
      <Select
        ariaLabel="Kind"
        options={kinds}
        selectedOption={kinds.find((option) => option.value === query.kind) ?? null}
        onChange={({ detail }) => change({ kind: detail.selectedOption.value ?? '' })}
      />
    </Grid>
  );
}
