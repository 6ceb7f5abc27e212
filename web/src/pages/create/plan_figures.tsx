import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs, { type KeyValuePairsProps } from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';

import type { PlanFigures } from '../../api/types';
import { bytesText } from '../../text/bytes';
import { durationRange } from '../../text/durations';
import { countText, dash, dollarRange, sentence } from '../../text/numbers';

function amount(objects: number | undefined, bytes: number | undefined): string {
  if (objects === undefined) return dash;
  return `${countText(objects)} objects${bytes === undefined ? '' : `, ${bytesText(bytes)}`}`;
}

// Whose warnings are about the estimate alone.
const ofCopy = (plan: PlanFigures) => plan.to_copy !== undefined;

function copyItems(plan: PlanFigures): KeyValuePairsProps.Item[] {
  if (!ofCopy(plan)) return [];
  const same = (plan.same ?? 0) + (plan.same_weak ?? 0);
  return [
    { label: 'To copy', value: amount(plan.to_copy, plan.to_copy_bytes) },
    { label: 'The same already', value: countText(same) },
    {
      label: plan.deletes ? 'To delete in the destination' : 'Only in the destination',
      value: countText(plan.destination_only ?? 0),
    },
    {
      label: 'Destination bucket',
      value: plan.destination_exists === false
        ? `will be made${plan.destination_region ? ` in ${plan.destination_region}` : ''}`
        : 'is there',
    },
  ];
}

function itemsOf(plan: PlanFigures): KeyValuePairsProps.Item[] {
  const items: KeyValuePairsProps.Item[] = [
    { label: 'In the source', value: amount(plan.objects, plan.bytes) },
    ...copyItems(plan),
    { label: 'In parts', value: countText(plan.multipart ?? 0) },
    { label: 'Requests', value: plan.requests === undefined ? dash : `about ${countText(plan.requests)}` },
  ];
  if (plan.high_dollars) {
    items.push({ label: 'Cost', value: dollarRange(plan.low_dollars ?? 0, plan.high_dollars) });
  }
  if (plan.high_seconds) {
    items.push({ label: 'Time', value: durationRange(plan.low_seconds ?? 0, plan.high_seconds) });
  }
  if (plan.first_key) {
    items.push({
      label: 'First and last key',
      value: <span className="code">{`${plan.first_key} … ${plan.last_key ?? ''}`}</span>,
    });
  }
  return items;
}

function Ranges({ plan }: { plan: PlanFigures }) {
  const prices = (plan.prices ?? []).map(({ what, low, high }) => ({
    label: sentence(what), value: dollarRange(low, high),
  }));
  const times = (plan.times ?? []).map(({ what, low, high }) => ({
    label: sentence(what), value: durationRange(low, high),
  }));
  if (prices.length + times.length === 0) return null;
  const as_of = plan.prices_as_of ? ` List prices of ${plan.prices_as_of}.` : '';
  return (
    <Container
      header={
        <Header variant="h2" description={`Estimates.${as_of}`}>Cost and time in detail</Header>
      }
    >
      <SpaceBetween size="s">
        <KeyValuePairs columns={3} items={[...prices, ...times]} />
        {ofCopy(plan) && (plan.warnings ?? []).map((note) => (
          <Box key={note} variant="small" color="text-body-secondary">{sentence(note)}.</Box>
        ))}
      </SpaceBetween>
    </Container>
  );
}

export function PlanPanel({ plan }: { plan: PlanFigures }) {
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">What it would do</Header>}>
        <KeyValuePairs columns={3} items={itemsOf(plan)} />
      </Container>
      <Ranges plan={plan} />
      {Boolean(plan.archived) && (
        <Alert type="warning">
          {countText(plan.archived!)} objects are archived: they can be copied only after they were
          restored.
        </Alert>
      )}
      {!ofCopy(plan) && (plan.warnings ?? []).map((warning) => (
        <Alert key={warning} type="warning">{warning}</Alert>
      ))}
      {Boolean(plan.advice) && <Alert type="info">{plan.advice}</Alert>}
    </SpaceBetween>
  );
}
