import type { Sample } from '../api/types';
import { chartUnit } from '../text/job_text';

export type Figure = 'data' | 'objects' | 'flight' | 'trouble';

export interface Series {
  title: string;
  points: { x: Date; y: number }[];
}

export interface Chart {
  axis: string;
  series: Series[];
  highest: number;
}

// How fast a count grew between each point and the one before it.
function growth(points: Sample[], read: (point: Sample) => number): { x: Date; y: number }[] {
  return points.slice(1).map((point, index) => {
    const before = points[index]!;
    const seconds = Math.max(1, (Date.parse(point.t) - Date.parse(before.t)) / 1000);
    return { x: new Date(point.t), y: Math.max(0, read(point) - read(before)) / seconds };
  });
}

// Where nothing was measured for so long nothing ran.
const silence = (points: Sample[]) => {
  const gaps = points.slice(1)
    .map((point, index) => Date.parse(point.t) - Date.parse(points[index]!.t))
    .sort((a, b) => a - b);
  return Math.max(10_000, 4 * (gaps[Math.floor(gaps.length / 2)] ?? 0));
};

// A line would tell of a rate between a server's end and the next one's beginning.
function withSilence(points: { x: Date; y: number }[], longest: number): { x: Date; y: number }[] {
  return points.flatMap((point, index) => {
    const before = points[index - 1]?.x.getTime();
    const now = point.x.getTime();
    if (before === undefined || now - before <= longest) return [point];
    return [{ x: new Date(before + 1_000), y: 0 }, { x: new Date(now - 1_000), y: 0 }, point];
  });
}

function seriesOf(points: Sample[], figure: Figure): { axis: string; series: Series[] } {
  const longest = silence(points);
  const plain = (read: (point: Sample) => number) =>
    withSilence(points.map((point) => ({ x: new Date(point.t), y: read(point) })), longest);
  if (figure === 'data') {
    // Scaled to the unit that is shown: the axis then has round ticks in it.
    const unit = chartUnit(points.map((point) => point.bytes_per_second));
    const scaled = plain((point) => point.bytes_per_second / unit.bytes);
    return { axis: `${unit.name} per second`, series: [{ title: 'Data rate', points: scaled }] };
  }
  if (figure === 'objects') {
    const rate = plain((point) => point.objects_per_second);
    return { axis: 'Objects per second', series: [{ title: 'Object rate', points: rate }] };
  }
  if (figure === 'flight') {
    const flight = plain((point) => point.in_flight);
    return { axis: 'Requests', series: [{ title: 'Requests in flight', points: flight }] };
  }
  return {
    axis: 'Requests per second',
    series: [
      { title: 'Throttled', points: growth(points, (point) => point.throttled) },
      { title: 'Retried', points: growth(points, (point) => point.retried) },
    ],
  };
}

export function chartOf(points: Sample[], figure: Figure): Chart {
  const chart = seriesOf(points, figure);
  const values = chart.series.flatMap((each) => each.points.map((point) => point.y));
  return { ...chart, highest: Math.max(0, ...values) };
}
