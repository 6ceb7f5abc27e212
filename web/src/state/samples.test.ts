import { describe, expect, test } from 'vitest';

import type { Sample } from '../api/types';
import { chartOf } from './samples';

const sample = (second: number, part: Partial<Sample>): Sample => ({
  t: new Date(second * 1000).toISOString(), objects_per_second: 0, bytes_per_second: 0,
  in_flight: 0, throttled: 0, retried: 0, ...part,
});

describe('the chart', () => {
  test('is in the unit of its highest value', () => {
    const chart = chartOf([
      sample(1, { bytes_per_second: 1024 ** 2 }), sample(2, { bytes_per_second: 3 * 1024 ** 3 }),
    ], 'data');
    expect(chart.axis).toBe('GiB per second');
    expect(chart.highest).toBe(3);
  });

  test('of counts so far shows how fast they grow, and no fall when a job begins again', () => {
    const chart = chartOf([
      sample(0, { throttled: 0 }), sample(10, { throttled: 50 }), sample(20, { throttled: 2 }),
    ], 'trouble');
    expect(chart.series[0]!.points.map((point) => point.y)).toEqual([5, 0]);
  });

  test('is at nothing while nothing ran', () => {
    const rate = (second: number) => sample(second, { objects_per_second: 7 });
    const chart = chartOf([rate(0), rate(1), rate(2), rate(40), rate(41)], 'objects');
    expect(chart.series[0]!.points.map((point) => point.y)).toEqual([7, 7, 7, 0, 0, 7, 7]);
    const slow = chartOf([rate(0), rate(60), rate(120)], 'objects');
    expect(slow.series[0]!.points).toHaveLength(3);
  });

  test('of nothing has nothing', () => {
    expect(chartOf([], 'data')).toMatchObject({ highest: 0, series: [{ points: [] }] });
    expect(chartOf([], 'trouble').highest).toBe(0);
  });
});
