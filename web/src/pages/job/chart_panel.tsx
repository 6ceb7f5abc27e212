import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import LineChart from '@cloudscape-design/components/line-chart';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useMemo, useState } from 'react';

import { api } from '../../api/api';
import type { JobDetail, Sample } from '../../api/types';
import { chartOf, type Chart, type Figure } from '../../state/samples';
import { useAnswer } from '../../state/use_answer';
import { digits } from '../../text/bytes';
import { atWork } from '../../text/job_text';

const mostPoints = 240;
// A chart of a few points grows fast, one of many hardly.
const pauses = { few: 2_000, many: 10_000 };
const fewPoints = 40;
const shortest = 10_000;

const figures: { id: Figure; text: string }[] = [
  { id: 'data', text: 'Data' },
  { id: 'objects', text: 'Objects' },
  { id: 'flight', text: 'In flight' },
  { id: 'trouble', text: 'Throttled' },
];

const clock = (x: Date) => x.toISOString().slice(11, 19);

function Lines({ chart, points }: { chart: Chart; points: Sample[] }) {
  const from = new Date(points[0]!.t);
  const last = Date.parse(points[points.length - 1]!.t);
  // Below a second from tick to tick they would all read the same.
  const to = new Date(Math.max(last, from.getTime() + shortest));
  return (
    <LineChart
      series={chart.series.map((each) => ({
        type: 'line', title: each.title, data: each.points, valueFormatter: digits,
      }))}
      xScaleType="time"
      xDomain={[from, to]}
      yDomain={[0, chart.highest > 0 ? chart.highest * 1.1 : 1]}
      xTitle="Time (UTC)"
      yTitle={chart.axis}
      ariaLabel={`${chart.axis} over time`}
      height={220}
      hideFilter
      hideLegend={chart.series.length < 2}
      i18nStrings={{ xTickFormatter: clock, yTickFormatter: (value) => String(value) }}
    />
  );
}

export function ChartPanel({ job }: { job: JobDetail }) {
  const [figure, setFigure] = useState<Figure>('data');
  const { value, read } = useAnswer(`${job.id} ${job.state}`, (signal) =>
    api.samples(job.id, mostPoints, signal),
  );
  const works = atWork(job);
  const points = value?.points ?? [];
  const pause = points.length < fewPoints ? pauses.few : pauses.many;
  useEffect(() => {
    if (!works) return undefined;
    const timer = setInterval(read, pause);
    return () => clearInterval(timer);
  }, [works, read, pause]);

  const chart = useMemo(() => chartOf(value?.points ?? [], figure), [value, figure]);
  return (
    <Container fitHeight header={<Header variant="h2">Throughput</Header>}>
      <SpaceBetween size="s">
        <SegmentedControl
          label="What the chart shows"
          selectedId={figure}
          options={figures}
          onChange={({ detail }) => setFigure(detail.selectedId as Figure)}
        />
        {points.length > 1 ? (
          <Lines chart={chart} points={points} />
        ) : (
          <Box color="text-body-secondary">
            {works ? 'Nothing was measured yet.' : 'It was too short to be measured.'}
          </Box>
        )}
      </SpaceBetween>
    </Container>
  );
}
